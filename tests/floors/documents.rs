//! What the documents point at is there: pictures, pages, files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::hold;
use crate::source::root;

/// Where `[words](target)` points, with the line.
fn targets(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (line, words) in text.lines().enumerate() {
        for rest in words.split("](").skip(1) {
            if let Some((target, _)) = rest.split_once(')') {
                found.push((line + 1, target));
            }
        }
    }
    found
}

/// The documents of a folder and of those below it.
fn documents(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("its entries are read").path();
        if path.is_dir() {
            documents(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

#[test]
fn what_documents_point_at_is_there() {
    let mut all: Vec<PathBuf> = [
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "embed/README.md",
    ]
    .map(|name| root().join(name))
    .to_vec();
    for folder in ["docs", "deploy"] {
        documents(&root().join(folder), &mut all);
    }
    let mut offences = Vec::new();
    for document in all {
        let text = fs::read_to_string(&document).expect("the document is there");
        let folder = document.parent().expect("it is in a folder");
        for (line, target) in targets(&text) {
            let is_elsewhere = target.contains(':') || target.starts_with('#');
            let file = target.split('#').next().unwrap_or_default();
            if !is_elsewhere && !folder.join(file).exists() {
                offences.push(format!("{}:{line} points at {target}", document.display()));
            }
        }
    }
    hold("Documents point at what is there.", &offences);
}
