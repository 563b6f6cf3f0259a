//! Server-sent events: read from bytes, wherever these are cut.

use std::{mem, ops::Range};

/// Gives the data of each event. Names, ids and comments are of no use here.
#[derive(Default)]
pub struct EventReader {
    /// What has come. Up to `begin` it was read.
    bytes: Vec<u8>,
    begin: usize,
    /// Lines end with a line feed, a carriage return, or both, which may be cut apart.
    after_carriage_return: bool,
    /// Of the event that is being read; none of its lines may have data.
    data: Vec<u8>,
    has_data: bool,
    /// `data` was given away, and is of no use any more.
    was_given: bool,
}

impl EventReader {
    pub fn push(&mut self, piece: &[u8]) {
        self.bytes.drain(..mem::take(&mut self.begin));
        self.bytes.extend_from_slice(piece);
    }

    /// The data of the next event that has come whole.
    pub fn next_event(&mut self) -> Option<&[u8]> {
        if mem::take(&mut self.was_given) {
            self.data.clear();
        }
        while let Some(range) = self.next_line() {
            let line = &self.bytes[range];
            if line.is_empty() {
                if mem::take(&mut self.has_data) {
                    self.was_given = true;
                    return Some(&self.data);
                }
            } else if let Some(value) = line.strip_prefix(b"data:") {
                if mem::replace(&mut self.has_data, true) {
                    self.data.push(b'\n');
                }
                self.data.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
            }
        }
        None
    }

    fn next_line(&mut self) -> Option<Range<usize>> {
        if self.after_carriage_return {
            self.begin += usize::from(*self.bytes.get(self.begin)? == b'\n');
            self.after_carriage_return = false;
        }
        let length = self.bytes[self.begin..].iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
        let line = self.begin..self.begin + length;
        self.after_carriage_return = self.bytes[line.end] == b'\r';
        self.begin = line.end + 1;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
        let mut reader = EventReader::default();
        let mut events = Vec::new();
        for piece in pieces {
            reader.push(piece);
            while let Some(data) = reader.next_event() {
                events.push(String::from_utf8(data.to_vec()).unwrap());
            }
        }
        events
    }

    #[test]
    fn events_are_read_wherever_they_are_cut() {
        let cases: [(&str, &[&str]); 11] = [
            ("data: a\n\ndata: b\n\n", &["a", "b"]),
            ("data: a\r\rdata: b\r\r", &["a", "b"]),
            ("data: a\r\n\r\ndata: b\r\n\r\n", &["a", "b"]),
            ("data:a\n\n", &["a"]),
            ("data:  a\n\n", &[" a"]),
            ("data: a\ndata: b\n\n", &["a\nb"]),
            ("data:\n\n", &[""]),
            (": hello\nevent: x\nid: 1\nretry: 5\ndata: a\ndatax: b\n\n", &["a"]),
            ("event: x\n\n\n\n", &[]),
            ("data: a\n", &[]),
            ("data: é数🌍\n\n", &["é数🌍"]),
        ];
        for (text, expected) in cases {
            let bytes = text.as_bytes();
            assert_eq!(read([bytes]), expected, "{text:?}");
            assert_eq!(read(bytes.chunks(1)), expected, "{text:?}, a byte at a time");
            for cut in 0..=bytes.len() {
                let (before, after) = bytes.split_at(cut);
                assert_eq!(read([before, after]), expected, "{text:?}, cut at {cut}");
            }
        }
    }
}
