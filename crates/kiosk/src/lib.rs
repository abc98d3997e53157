//! The kiosk without its face: the session loop, the REST client, the journal
