//! Makes sure that the folders of the built front ends exist, so that the crate also compiles before they are built (the pages
//! then say what is missing), and compiles again when they change.

use std::path::Path;

fn main() {
    for folder in ["../embed/dist", "../admin-ui/dist", "demo"] {
        if let Err(error) = std::fs::create_dir_all(Path::new(folder)) {
            println!("cargo:warning={folder} cannot be made: {error}");
        }
        println!("cargo:rerun-if-changed={folder}");
    }
}
