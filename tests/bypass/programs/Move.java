// SPDX-License-Identifier: MIT
import java.nio.file.*;

class Move {
    public static void main(String[] names) throws Exception {
        CopyOption how = Boolean.getBoolean("removes") ? StandardCopyOption.REPLACE_EXISTING : StandardCopyOption.ATOMIC_MOVE;
        Files.move(Path.of(names[0]), Path.of(names[1]), how);
    }
}
