// SPDX-License-Identifier: MIT
import java.nio.file.*;

class Move {
    public static void main(String[] names) throws Exception {
        Files.move(Path.of(names[0]), Path.of(names[1]), StandardCopyOption.ATOMIC_MOVE);
    }
}
