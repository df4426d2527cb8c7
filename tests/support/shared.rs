//! The material that lies beside the repository and is not part of it.

use std::path::PathBuf;

/// A path below `shared/`, which lies beside the repository (or beside the folder of its work trees).
pub fn shared(path: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.ancestors()
        .skip(1)
        .map(|folder| folder.join("shared"))
        .find(|folder| folder.is_dir())
        .expect("shared/ lies beside the repository")
        .join(path)
}
