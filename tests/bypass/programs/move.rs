// SPDX-License-Identifier: MIT
fn main() -> std::io::Result<()> {
    let names: Vec<String> = std::env::args().collect();
    std::fs::rename(&names[1], &names[2])
}
