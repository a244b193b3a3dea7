//! The other system: takes what is posted, tells the test, and answers what the test says.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

pub struct Posted {
    pub line: String,
    /// By their names in lower case.
    pub headers: BTreeMap<String, String>,
    pub text: String,
    pub body: serde_json::Value,
}

pub struct OtherSystem {
    pub url: String,
    posted: Receiver<Posted>,
    answers: Sender<u16>,
}

impl OtherSystem {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/in/path-secret?key=query-secret", listener.local_addr().unwrap());
        let (tell, posted) = channel();
        let (answers, say) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                // The test is over where nobody listens any more.
                let Some(request) = read(&stream) else { continue };
                if tell.send(request).is_err() {
                    break;
                }
                let Ok(status) = say.recv() else { break };
                let location = "location: http://127.0.0.1:1/elsewhere";
                // Whoever posted may be gone by now.
                let _ =
                    write!(&stream, "HTTP/1.1 {status} Said\r\n{location}\r\ncontent-length: 11\r\n\r\nbody-secret");
            }
        });
        Self { url, posted, answers }
    }

    /// What the next posts are answered.
    pub fn will_answer(&self, statuses: &[u16]) {
        statuses.iter().for_each(|status| self.answers.send(*status).unwrap());
    }

    /// The next post, once it is there.
    pub fn next(&self) -> Posted {
        self.posted.recv_timeout(Duration::from_secs(60)).expect("something is posted")
    }

    pub fn nothing_more(&self) {
        assert!(self.posted.try_recv().is_err(), "nothing more is posted");
    }
}

fn read(stream: &TcpStream) -> Option<Posted> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_owned());
    }
    let headers: BTreeMap<String, String> = lines[1..]
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    reader.read_exact(&mut body).ok()?;
    let text = String::from_utf8(body).unwrap();
    Some(Posted { line: lines[0].clone(), headers, body: serde_json::from_str(&text).unwrap(), text })
}
