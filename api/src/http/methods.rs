//! Which methods an address takes, for the header `Allow` of a refusal (RFC 9110 section 10.2.1).

use std::sync::LazyLock;

use super::document;

/// What takes a page or a file, which the document does not tell of.
const OF_PAGES: &str = "GET, HEAD";

/// An address of the document and its methods.
struct Entry {
    template: Vec<String>,
    methods: String,
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let document = document::json();
    let paths = document["paths"].as_object().into_iter().flatten();
    let entry = |(path, methods): (&String, &serde_json::Value)| {
        let mut names: Vec<String> = methods
            .as_object()
            .into_iter()
            .flat_map(|methods| methods.keys())
            .map(|method| method.to_ascii_uppercase())
            .collect();
        if names.iter().any(|name| name == "GET") {
            names.push("HEAD".to_owned());
        }
        Entry {
            template: path.split('/').map(str::to_owned).collect(),
            methods: names.join(", "),
        }
    };
    paths.map(entry).collect()
});

/// The methods of a path, separated by commas.
pub fn allowed(path: &str) -> &'static str {
    let parts: Vec<&str> = path.split('/').collect();
    ENTRIES
        .iter()
        .filter(|entry| entry.fits(&parts))
        // Of two that fit, the one that was written for it.
        .max_by_key(|entry| entry.template.iter().filter(|part| !is_parameter(part)).count())
        .map_or(OF_PAGES, |entry| &entry.methods)
}

impl Entry {
    fn fits(&self, parts: &[&str]) -> bool {
        let same = |(template, part): (&String, &&str)| is_parameter(template) || template == part;
        self.template.len() == parts.len() && self.template.iter().zip(parts).all(same)
    }
}

fn is_parameter(part: &str) -> bool {
    part.starts_with('{')
}
