//! Has the program built anew when a ready scenario comes or goes: their folder is built in.

#![expect(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

fn main() {
    println!("cargo:rerun-if-changed=scenarios");
}
