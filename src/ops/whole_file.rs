//! Files that a user asks for: refused before anything is done where there is no place for them, and never read half
//! written.

use std::fs::Permissions;
use std::io;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::path::PathBuf;

use tempfile::Builder;
use tempfile::NamedTempFile;

/// Says why a file could not be written, and what to do.
pub fn check(path: &Path) -> Result<(), String> {
    let folder = folder_of(path);
    if path.is_dir() {
        return Err("that is a folder. Name a file in it".to_owned());
    }
    if path.exists() && !path.is_file() {
        return Err("that is no file, and a file would take its place. Name a file".to_owned());
    }
    if !folder.exists() {
        let folder = folder.display();
        return Err(format!("the folder {folder} does not exist. Make it first, or name another"));
    }
    if !folder.is_dir() {
        return Err(format!("{} is not a folder", folder.display()));
    }
    match beside(path, 0o600) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!(
            "no file can be made in the folder {}: {}. Let this user write there, or name another folder",
            folder.display(),
            error.kind()
        )),
    }
}

/// Writes a file with at most these permissions: beside its place and renamed, so that nobody ever reads half of it.
pub fn write(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    // The name of the file beside is nothing to the user.
    let plain = |error: io::Error| io::Error::from(error.kind());
    // A link goes on leading to the file.
    let path = path.canonicalize().unwrap_or_else(|_| PathBuf::from(path));
    let mut file = beside(&path, mode).map_err(plain)?;
    file.write_all(bytes).map_err(plain)?;
    file.persist(&path).map_err(|error| plain(error.error))?;
    Ok(())
}

/// A file without content beside another, which goes with its handle.
fn beside(path: &Path, mode: u32) -> io::Result<NamedTempFile> {
    Builder::new().permissions(Permissions::from_mode(mode)).tempfile_in(folder_of(path))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_where_its_link_leads() {
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("file"), dir.path().join("link"));
        std::os::unix::fs::symlink(&file, &link).unwrap();
        std::fs::write(&file, "a longer text").unwrap();
        assert_eq!(check(&link), Ok(()));
        write(&link, b"short", 0o644).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "short");
        assert!(link.is_symlink());
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777 & !0o644, 0);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left beside it");
    }

    #[test]
    fn what_is_no_place_for_a_file_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let table = [
            (dir.path().to_owned(), "that is a folder. Name a file in it"),
            (dir.path().join("none/file"), "does not exist. Make it first"),
            (file.join("file"), "is not a folder"),
            (PathBuf::from("/dev/null"), "that is no file, and a file would take its place"),
            (PathBuf::from("/proc/file"), "no file can be made in the folder /proc"),
        ];
        for (path, expected) in table {
            let said = check(&path).unwrap_err();
            assert!(said.contains(expected), "{}: {said}", path.display());
        }
        assert_eq!(check(Path::new("file-of-this-folder")), Ok(()));
    }
}
