//! Has the program built anew when a ready scenario comes or goes: their folder is built in.

fn main() {
    println!("cargo:rerun-if-changed=scenarios");
}
