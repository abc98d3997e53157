//! Files with a secret in them: ours at the billing system, a kiosk's at ours.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use powerhall_api::Personal;

use super::check::Checker;

impl Checker<'_> {
    /// The secret in a file; none is noted as a mistake.
    pub(super) fn secret(&mut self, key: &str, file: &Path) -> Option<Personal> {
        let path = self.folder.join(file);
        match read(&path) {
            Ok(secret) => Some(secret),
            Err(allowed) => {
                self.wrong(key, path.display(), &allowed);
                None
            }
        }
    }
}

/// One line for its owner only.
fn read(path: &Path) -> Result<Personal, String> {
    let read = std::fs::metadata(path).and_then(|about| Ok((about, std::fs::read_to_string(path)?)));
    let (about, text) = read.map_err(|error| format!("a file that can be read ({error})"))?;
    let text = Personal::new(text);
    let mode = about.permissions().mode() & 0o777;
    if !about.is_file() || mode & 0o077 != 0 {
        return Err(format!("a file for its owner only: mode 0600 or 0400, not {mode:04o}"));
    }
    let secret = Personal::from(text.reveal().trim_end_matches(['\r', '\n']));
    let visible = secret.reveal().bytes().all(|byte| byte.is_ascii_graphic());
    if !visible || !(16..=256).contains(&secret.reveal().len()) {
        return Err("one line of 16 to 256 visible ASCII characters in it".to_owned());
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::super::BackendConfig;
    use super::*;

    /// Both files of secrets, one after the other the one that is looked at.
    #[test]
    fn a_secret_that_others_can_read_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = |name: &str| folder.path().join(name);
        let put = |name: &str, text: &str, mode: u32| {
            let _ = std::fs::remove_file(place(name));
            std::fs::write(place(name), text).expect("writes");
            std::fs::set_permissions(place(name), std::fs::Permissions::from_mode(mode)).expect("changes");
        };
        let text = "[store]\nfile = \"b.db\"\n[hall]\nfolder = \"hall\"\n\
                    [billing]\nkind = \"rest\"\nurl = \"http://127.0.0.1:8490\"\nsecret_file = \"billing\"\n\
                    [[kiosk]]\nid = \"k\"\nsecret_file = \"kiosk\"\n";
        std::fs::write(place("backend.toml"), text).expect("writes");
        let load = || BackendConfig::load(&place("backend.toml")).map_err(|error| error.to_string());
        let good = "0123456789abcdef";
        for (name, other, key) in
            [("billing", "kiosk", "billing.secret_file"), ("kiosk", "billing", "kiosk.secret_file")]
        {
            put(other, good, 0o600);
            for (text, mode, allowed) in [
                (good, 0o644, "mode 0600"),
                ("too short", 0o600, "16 to 256"),
                ("0123456789abcdef 0", 0o600, "visible"),
            ] {
                put(name, text, mode);
                let error = load().expect_err(text);
                assert!(error.contains(key) && error.contains(allowed), "{error}");
            }
            put(name, &format!("{good}\n"), 0o400);
            assert_eq!(load().expect("both are right").kiosks["k"], crate::kiosks::hash(good));
        }
    }
}
