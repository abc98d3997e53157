//! Power cuts, bounded: `POWERHALL_POWER` asks for more disks, `POWERHALL_POWER_SEED` for the same losses again.

use std::process::Command;

#[test]
fn a_power_cut_loses_nothing_that_somebody_was_told() {
    let disks = std::env::var("POWERHALL_POWER").unwrap_or_else(|_| "1200".to_owned());
    let mut command = Command::new(env!("CARGO_BIN_EXE_powerhall-kills"));
    command.args(["--power", &disks]);
    if let Ok(seed) = std::env::var("POWERHALL_POWER_SEED") {
        command.args(["--seed", &seed]);
    }
    let output = command.output().expect("starts");
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(&format!("power cuts {disks}, violations 0")), "{said}");
    // The net holds: the same run has found losses where syncs are left out.
    assert_eq!(said.matches("losses are found").count(), 2, "{said}");
}
