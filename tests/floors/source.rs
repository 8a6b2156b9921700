//! Just enough reading of Rust to know what a file names: its paths, with `use` trees spread out and `super` resolved.

use std::fs;
use std::path::{Path, PathBuf};

/// A file of the service, without comments and without its tests.
pub struct Source {
    /// As people write it: `api/src/infra/db.rs`.
    pub name: String,
    /// `["infra", "db"]`.
    pub module: Vec<String>,
    pub lines: Vec<Line>,
}

pub struct Line {
    pub number: usize,
    pub text: String,
}

/// A path that a file names, from its root: `["crate", "infra", "db", "Tx"]` or `["std", "env", "var"]`.
pub struct Named {
    pub line: usize,
    pub path: Vec<String>,
}

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a folder above api")
        .to_owned()
}

/// Every file of `api/src`.
pub fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    collect(&root().join("api/src"), &mut files);
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
}

fn read(file: &Path) -> Source {
    let name = file
        .strip_prefix(root())
        .expect("within the repository")
        .display()
        .to_string();
    let text = fs::read_to_string(file).expect("a readable file");
    Source::parse(&name, &text)
}

impl Source {
    pub fn parse(name: &str, text: &str) -> Source {
        let inner = name.trim_start_matches("api/src/").trim_end_matches(".rs");
        let module = inner
            .split('/')
            .filter(|part| !matches!(*part, "mod" | "lib"))
            .map(str::to_owned);
        Source {
            name: name.to_owned(),
            module: module.collect(),
            lines: without_tests(text),
        }
    }

    /// Every path that the file names, in `use` and elsewhere.
    pub fn names(&self) -> Vec<Named> {
        let mut found = Vec::new();
        let mut lines = self.lines.iter();
        while let Some(Line { number, text }) = lines.next() {
            let Some(tree) = use_tree(text) else {
                let paths = words(text, |letter| is_word(letter) || letter == ':').filter(|word| word.contains("::"));
                found.extend(paths.map(|path| self.named(*number, path)));
                continue;
            };
            let mut tree = tree.to_owned();
            while !tree.contains(';') {
                tree.push_str(&lines.next().expect("an import ends").text);
            }
            let flat: String = tree
                .split(';')
                .next()
                .unwrap_or_default()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            found.extend(spread(&flat).iter().map(|path| self.named(*number, path)));
        }
        found
    }

    /// A path with `super` and `self` taken for the modules they mean.
    fn named(&self, line: usize, path: &str) -> Named {
        let mut parts: Vec<String> = path
            .split("::")
            .filter(|part| !part.is_empty())
            .map(|part| part.trim().to_owned())
            .collect();
        if matches!(parts.first().map(String::as_str), Some("super" | "self")) {
            let mut module = self.module.clone();
            while matches!(parts.first().map(String::as_str), Some("super" | "self")) {
                if parts.remove(0) == "super" {
                    module.pop();
                }
            }
            parts = std::iter::once("crate".to_owned()).chain(module).chain(parts).collect();
        }
        if parts.first().is_some_and(|first| first == "parlour") {
            "crate".clone_into(&mut parts[0]);
        }
        Named { line, path: parts }
    }
}

/// The lines that are compiled into the service: no comments, no `#[cfg(test)]` modules.
fn without_tests(text: &str) -> Vec<Line> {
    let mut kept = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((place, line)) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            let indent = line.len() - line.trim_start().len();
            let end = format!("{:indent$}}}", "");
            let is_inline = lines.next().is_some_and(|(_, line)| line.ends_with('{'));
            if is_inline {
                lines.by_ref().find(|(_, line)| *line == end);
            }
            continue;
        }
        if !line.trim_start().starts_with("//") {
            kept.push(Line {
                number: place + 1,
                text: line.to_owned(),
            });
        }
    }
    kept
}

/// What follows `use`, if the line begins an import.
fn use_tree(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("pub ").unwrap_or(line);
    line.strip_prefix("use ")
}

/// The paths of a `use` tree: `a::{b, c::{self, d}}` is `a::b`, `a::c::self`, `a::c::d`.
fn spread(tree: &str) -> Vec<String> {
    let Some((stem, rest)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default().trim();
        return if path.is_empty() {
            Vec::new()
        } else {
            vec![path.to_owned()]
        };
    };
    let inner = rest.trim_end().strip_suffix('}').unwrap_or(rest);
    let mut depth = 0;
    let branches = inner.split(|letter| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        letter == ',' && depth == 0
    });
    branches
        .flat_map(spread)
        .map(|path| format!("{}{path}", stem.trim()))
        .collect()
}

pub fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// The runs of letters that belong to a word.
pub fn words(text: &str, belongs: impl Fn(char) -> bool) -> impl Iterator<Item = &str> {
    text.split(move |letter| !belongs(letter))
        .filter(|word| !word.is_empty())
}
