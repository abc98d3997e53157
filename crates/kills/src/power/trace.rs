//! What strace has seen, call by call. A call has a beginning and an end on one time line (the lines of the trace), for
//! calls of several threads overlap: whoever relies on a call can do so only behind its end.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::Failed;

/// The calls that are recorded: all that change a file or its name, and what goes over sockets. A call of this list on
/// a file that we follow and that the model does not know is an error, not a gap.
pub(super) const CALLS: &str = "openat,creat,mkdir,mkdirat,write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync,\
    sync_file_range,fallocate,copy_file_range,sendfile,ftruncate,truncate,rename,renameat,renameat2,link,linkat,unlink,\
    unlinkat,rmdir,mmap,sendto,sendmsg,recvfrom,recvmsg,read,readv";

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) name: String,
    /// As strace writes them.
    pub(super) arguments: String,
    /// What it returned; none when the process was killed inside it.
    pub(super) result: Option<String>,
    /// Its places on the time line; a call that never returned ends after everything.
    pub(super) begin: usize,
    pub(super) end: usize,
}

impl Call {
    pub(super) fn failed(&self) -> bool {
        self.result.as_deref().is_some_and(|result| result.starts_with('-'))
    }

    /// The path or socket behind the descriptor that is the first argument.
    pub(super) fn file(&self) -> Option<PathBuf> {
        descriptor(&self.arguments)
    }

    /// The path or socket behind the descriptor that it returned.
    pub(super) fn opened(&self) -> Option<PathBuf> {
        self.result.as_deref().and_then(descriptor)
    }

    /// The paths named in the arguments.
    pub(super) fn paths(&self) -> Result<Vec<PathBuf>, Failed> {
        let paths = self.strings()?;
        Ok(paths.into_iter().map(|path| PathBuf::from(String::from_utf8_lossy(&path).into_owned())).collect())
    }

    /// The bytes that are written, sent or received.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, Failed> {
        Ok(self.strings()?.concat())
    }

    fn strings(&self) -> Result<Vec<Vec<u8>>, Failed> {
        let mut strings = Vec::new();
        let mut rest = self.arguments.as_str();
        while let Some((_, from)) = rest.split_once('"') {
            let (inside, behind) = from.split_once('"').ok_or("a string without an end")?;
            if behind.starts_with("...") {
                return Err(format!("a {} that is not whole in the trace", self.name).into());
            }
            strings.push(decode(inside));
            rest = behind;
        }
        Ok(strings)
    }

    /// The number in the arguments, counted from behind.
    pub(super) fn number(&self, from_behind: usize) -> Result<usize, Failed> {
        let text = self.arguments.rsplit(", ").nth(from_behind).ok_or("a missing argument")?;
        text.parse().map_err(|_| format!("{}: “{text}” is no number", self.name).into())
    }
}

/// Reads the traces of one process after the other as one time line.
pub(super) fn parse(lives: &[String]) -> Result<Vec<Call>, Failed> {
    let mut calls = Vec::new();
    let mut line_number = 0;
    for life in lives {
        let mut unfinished: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
        for line in life.lines() {
            line_number += 1;
            let (thread, text) = line.split_once(' ').ok_or("a line without a thread")?;
            let text = text.trim_start();
            if text.starts_with("+++") || text.starts_with("---") {
                continue;
            }
            if let Some(begun) = text.strip_suffix("<unfinished ...>") {
                unfinished.insert(thread, (line_number, begun));
                continue;
            }
            let resumed = text.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>"));
            let (begin, whole) = match resumed {
                Some((_, rest)) => {
                    let (begin, begun) = unfinished.remove(thread).ok_or("an end without a beginning")?;
                    (begin, format!("{begun}{rest}"))
                }
                None => (line_number, text.to_owned()),
            };
            calls.push(call(&whole, begin, line_number)?);
        }
        for (begin, begun) in unfinished.into_values() {
            calls.push(call(begun, begin, usize::MAX)?);
        }
    }
    calls.sort_by_key(|call| call.begin);
    Ok(calls)
}

fn call(text: &str, begin: usize, end: usize) -> Result<Call, Failed> {
    let (name, rest) = text.split_once('(').ok_or_else(|| format!("no call: {text:.80}"))?;
    // Killed inside: no closing bracket, or a question mark for a result.
    let (arguments, result) = match rest.rsplit_once(" = ") {
        Some((arguments, result)) => (arguments.trim_end(), Some(result)),
        None => (rest.trim_end(), None),
    };
    let result = result.filter(|result| !result.starts_with('?')).map(str::to_owned);
    let end = if result.is_some() { end } else { usize::MAX };
    let arguments = arguments.strip_suffix(')').unwrap_or(arguments);
    let arguments = arguments.strip_suffix(',').unwrap_or(arguments).trim_end().to_owned();
    Ok(Call { name: name.to_owned(), arguments, result, begin, end })
}

/// `7</a/path>`
fn descriptor(text: &str) -> Option<PathBuf> {
    let (number, rest) = text.split_once('<')?;
    number.parse::<u32>().ok()?;
    let (path, _) = rest.split_once('>')?;
    Some(PathBuf::from(String::from_utf8_lossy(&decode(path)).into_owned()))
}

/// strace writes bytes as `\x00`; some names stand in the clear.
fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4);
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.strip_prefix(b"x").and_then(|digits| digits.get(..2)).filter(|_| first == b'\\');
        let byte = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[3..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_whole_overlapping_and_killed_calls() {
        let first = "7 pwrite64(3<\\x2f\\x61>, \"\\x01\\x02\", 2, 512 <unfinished ...>\n\
                     8   fsync(4</b>) = 0\n\
                     7 <... pwrite64 resumed>) = 2\n\
                     8 writev(5<socket:[9]>, [{iov_base=\"\\x68\", iov_len=1}, {iov_base=\"\\x69\", iov_len=1}], 2) = 2\n\
                     7 unlink(\"\\x2f\\x61\") = -1 ENOENT (No such file or directory)\n\
                     7 fsync(3</a> <unfinished ...>\n\
                     7 +++ killed by SIGKILL +++\n";
        let second = "9 fsync(3</a>)      = 0\n";
        let calls = parse(&[first.to_owned(), second.to_owned()]).expect("reads");
        let times: Vec<_> = calls.iter().map(|call| (call.name.as_str(), call.begin, call.end)).collect();
        assert_eq!(
            times,
            [
                ("pwrite64", 1, 3),
                ("fsync", 2, 2),
                ("writev", 4, 4),
                ("unlink", 5, 5),
                ("fsync", 6, usize::MAX),
                ("fsync", 8, 8),
            ]
        );
        assert_eq!(calls[0].file(), Some("/a".into()));
        assert_eq!(calls[0].bytes().expect("bytes"), [1, 2]);
        assert_eq!((calls[0].number(1).expect("length"), calls[0].number(0).expect("place")), (2, 512));
        assert_eq!(calls[2].bytes().expect("bytes"), b"hi");
        assert!(calls[3].failed() && !calls[1].failed());
        assert_eq!(calls[4].file(), Some("/a".into()));
    }

    #[test]
    fn refuses_what_was_cut_off() {
        let calls = parse(&["7 pwrite64(3</a>, \"\\x01\"..., 2, 0) = 2\n".to_owned()]).expect("reads");
        assert!(calls[0].bytes().is_err());
    }
}
