//! Somebody between the site and PostgreSQL, who runs statements of their own on the site's connection in the middle of
//! a request: what an attacker with free SQL is, without a hole in the site to come through.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::oneshot;

/// Rows of all answers, or the message of the first error.
pub(crate) type Loot = Result<Vec<Vec<Option<String>>>, String>;

struct Order {
    /// After how many statements of the transaction that the site has begun.
    after: usize,
    statements: String,
    answer: oneshot::Sender<Loot>,
}

type Orders = Arc<Mutex<VecDeque<Order>>>;

/// A socket that leads to the server; dropped, it is gone.
pub(crate) struct Interposer {
    folder: TempDir,
    orders: Orders,
}

impl Interposer {
    /// In front of the server whose socket lies in `server`.
    pub(crate) fn new(server: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).expect("a socket");
        let orders = Orders::default();
        let (server, given) = (server.join(".s.PGSQL.5432"), orders.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(relay(client, server.clone(), given.clone()));
            }
        });
        Self { folder, orders }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs `statements` within the next transaction that the site begins, when it has run `after` of its own. They
    /// must leave a transaction open, as they find one.
    pub(crate) fn order(&self, after: usize, statements: &str) -> oneshot::Receiver<Loot> {
        let (answer, loot) = oneshot::channel();
        self.orders.lock().expect("orders").push_back(Order { after, statements: statements.to_owned(), answer });
        loot
    }
}

const TLS_REQUEST: [u8; 4] = 80_877_103_u32.to_be_bytes();

async fn relay(client: UnixStream, server: PathBuf, orders: Orders) {
    let Ok(server) = UnixStream::connect(server).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    // The answer to a request for TLS is one byte, not a message: here it is no, without asking the server.
    let mut first = [0; 8];
    while from_client.read_exact(&mut first).await.is_ok() {
        if first[4..] != TLS_REQUEST {
            _ = to_server.write_all(&first).await;
            break;
        }
        _ = to_client.write_all(b"N").await;
    }
    let to_server = Arc::new(tokio::sync::Mutex::new(to_server));
    let upward = to_server.clone();
    let up = tokio::spawn(async move {
        let mut buffer = vec![0; 65536];
        while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
            if upward.lock().await.write_all(&buffer[..read]).await.is_err() {
                break;
            }
        }
        _ = upward.lock().await.shutdown().await;
    });
    let mut ready_in_transaction = 0;
    while let Some(message) = message(&mut from_server).await {
        let mut last = message;
        if last[0] == b'Z' {
            ready_in_transaction = if last[5] == b'I' { 0 } else { ready_in_transaction + 1 };
            let due = {
                let mut orders = orders.lock().expect("orders");
                let due = orders.front().is_some_and(|order| order.after == ready_in_transaction);
                if due { orders.pop_front() } else { None }
            };
            if let Some(order) = due {
                let mut query = vec![b'Q'];
                let length = u32::try_from(order.statements.len() + 5).expect("a statement of a sensible length");
                query.extend(length.to_be_bytes());
                query.extend(order.statements.as_bytes());
                query.push(0);
                _ = to_server.lock().await.write_all(&query).await;
                let (loot, ready) = gather(&mut from_server).await;
                _ = order.answer.send(loot);
                let Some(ready) = ready else { break };
                last = ready;
            }
        }
        if to_client.write_all(&last).await.is_err() {
            break;
        }
    }
    up.abort();
}

/// One message of the server, with its kind and length.
async fn message(from: &mut (impl AsyncReadExt + Unpin)) -> Option<Vec<u8>> {
    let mut message = vec![0; 5];
    from.read_exact(&mut message).await.ok()?;
    let length = u32::from_be_bytes([message[1], message[2], message[3], message[4]]) as usize;
    message.resize(length + 1, 0);
    from.read_exact(&mut message[5..]).await.ok()?;
    Some(message)
}

/// Everything that the statements answer, and the message that ends it.
async fn gather(from: &mut (impl AsyncReadExt + Unpin)) -> (Loot, Option<Vec<u8>>) {
    let mut loot: Loot = Ok(Vec::new());
    while let Some(message) = message(from).await {
        match message[0] {
            b'D' => {
                if let Ok(rows) = &mut loot {
                    rows.push(values(&message[5..]));
                }
            }
            b'E' if loot.is_ok() => loot = Err(text_of_error(&message[5..])),
            b'Z' => return (loot, Some(message)),
            _ => {}
        }
    }
    (Err("the connection is gone".to_owned()), None)
}

fn values(mut row: &[u8]) -> Vec<Option<String>> {
    let mut take = |bytes: usize| {
        let (head, rest) = row.split_at(bytes);
        row = rest;
        head
    };
    let columns = take(2);
    let columns = u16::from_be_bytes([columns[0], columns[1]]);
    let mut values = Vec::new();
    for _ in 0..columns {
        let length = take(4);
        let length = i32::from_be_bytes([length[0], length[1], length[2], length[3]]);
        values.push(usize::try_from(length).ok().map(|length| String::from_utf8_lossy(take(length)).into_owned()));
    }
    values
}

fn text_of_error(fields: &[u8]) -> String {
    let fields = fields.split(|byte| *byte == 0).filter_map(|field| field.split_first());
    let texts = fields.filter(|(kind, _)| matches!(**kind, b'C' | b'M'));
    texts.map(|(_, text)| String::from_utf8_lossy(text).into_owned()).collect::<Vec<_>>().join(" ")
}
