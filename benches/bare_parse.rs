//! How long an ordinary program takes to read the documents of a folder into structs, on one core and with nothing checked:
//! what `validate` stands beside. `FOLDER` names the folder; prints milliseconds, without the reading of the files.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use std::{env, fs, io};

/// A document as somebody would take it who needs what all have in common.
#[derive(Deserialize)]
struct Document {
    #[serde(rename = "kind")]
    _kind: String,
    #[serde(rename = "name")]
    _name: String,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

fn main() -> io::Result<()> {
    let Some(folder) = env::var_os("FOLDER") else {
        return Err(io::Error::other("say by FOLDER which documents are to be read"));
    };
    let mut texts = Vec::new();
    read(folder.as_ref(), &mut texts)?;
    let begun = Instant::now();
    for text in &texts {
        let document: Document = serde_yaml::from_str(text).map_err(io::Error::other)?;
        black_box(document.rest.len());
    }
    println!("{:.1}", begun.elapsed().as_secs_f64() * 1e3);
    Ok(())
}

/// Every YAML file below the folder.
fn read(folder: &Path, texts: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read(&path, texts)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            texts.push(fs::read_to_string(path)?);
        }
    }
    Ok(())
}
