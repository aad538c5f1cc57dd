//! In which ways a user is not as it was left, beyond its attributes.

use crate::providers::host::account::Keys;
use crate::providers::host::account::Possession;
use crate::providers::host::account::User;
use crate::schema::ObjectExt;
use crate::value::Object;

/// What is to be mended: a home that is missing, and keys that sshd would not believe, or others could change.
pub(super) fn drift(reference: &Object, user: &User) -> Vec<String> {
    let mut drift = Vec::new();
    if reference.bool("create_home") == Some(true) && user.has_home == Some(false) {
        drift.push(format!("no home: {} is not there", user.home));
    }
    match &user.keys {
        Keys::Other(kind) => drift.push(format!("no keys: {}/.ssh/authorized_keys is a {kind}", user.home)),
        Keys::File { folder, file, .. } => {
            let folder = fault(folder, user.uid).map(|fault| format!("{}/.ssh {fault}", user.home));
            let file = fault(file, user.uid).map(|fault| format!("{}/.ssh/authorized_keys {fault}", user.home));
            drift.extend(folder.into_iter().chain(file).map(|fault| format!("keys in danger: {fault}")));
        }
        Keys::Unasked | Keys::Absent | Keys::Hidden => {}
    }
    drift
}

fn fault(possession: &Possession, uid: i64) -> Option<String> {
    if possession.uid != uid {
        return Some(format!("belongs to the user with the number {}", possession.uid));
    }
    (possession.mode & 0o022 != 0).then(|| format!("may be changed by others (mode {:04o})", possession.mode))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_safe_when_only_their_user_can_change_them() {
        for (uid, mode, expected) in [
            (1000, 0o600, None),
            (1000, 0o644, None),
            (1000, 0o664, Some("may be changed by others (mode 0664)")),
            (1000, 0o777, Some("may be changed by others (mode 0777)")),
            (0, 0o600, Some("belongs to the user with the number 0")),
        ] {
            assert_eq!(fault(&Possession { uid, mode }, 1000).as_deref(), expected, "{uid} {mode:o}");
        }
    }
}
