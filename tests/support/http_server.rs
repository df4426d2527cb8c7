//! A server on loopback that answers as a test says, wrongly if need be: nothing between the test and the socket.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use url::Url;

/// What arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// The request line, as in `GET /path HTTP/1.1`.
    pub line: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub enum Reply {
    /// These bytes, and the end of the connection.
    Bytes(Vec<u8>),
    /// These bytes, and nothing more until the client goes.
    Stall(Vec<u8>),
    /// These bytes, and then zeros until the client goes.
    Endless(Vec<u8>),
}

impl Reply {
    /// A whole answer of a status with a content type.
    pub fn of(status: u16, kind: &str, body: impl AsRef<[u8]>) -> Self {
        Self::with(status, &[("content-type", kind)], body)
    }

    /// The same with any headers.
    pub fn with(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut bytes = format!(
            "HTTP/1.1 {status} Said\r\ncontent-length: {}\r\nconnection: close\r\n",
            body.len()
        );
        for (name, value) in headers {
            bytes.push_str(&format!("{name}: {value}\r\n"));
        }
        bytes.push_str("\r\n");
        Self::Bytes([bytes.as_bytes(), body].concat())
    }
}

type Handler = Box<dyn Fn(&Received) -> Reply + Send + Sync>;

struct Shared {
    handler: Mutex<Arc<Handler>>,
    received: Mutex<Vec<Received>>,
    ended: AtomicBool,
    tls: Option<Arc<ServerConfig>>,
}

/// The server; it ends when it is dropped.
pub struct HttpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: Option<std::thread::JoinHandle<()>>,
}

impl HttpServer {
    /// Plain HTTP on a free port.
    pub fn start(handler: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        Self::begin(None, handler)
    }

    /// HTTPS on a free port.
    pub fn start_tls(
        tls: Arc<ServerConfig>,
        handler: impl Fn(&Received) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::begin(Some(tls), handler)
    }

    fn begin(
        tls: Option<Arc<ServerConfig>>,
        handler: impl Fn(&Received) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            handler: Mutex::new(Arc::new(Box::new(handler) as Handler)),
            received: Mutex::new(Vec::new()),
            ended: AtomicBool::new(false),
            tls,
        });
        let serving = Arc::clone(&shared);
        let listening = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if serving.ended.load(Ordering::SeqCst) {
                    break;
                }
                let shared = Arc::clone(&serving);
                std::thread::spawn(move || shared.converse(stream));
            }
        });
        Self {
            address,
            shared,
            listening: Some(listening),
        }
    }

    pub fn url(&self, path: &str) -> Url {
        let scheme = if self.shared.tls.is_some() {
            "https"
        } else {
            "http"
        };
        Url::parse(&format!("{scheme}://{}{path}", self.address)).unwrap()
    }

    /// Answers otherwise from now on.
    pub fn answer(&self, handler: impl Fn(&Received) -> Reply + Send + Sync + 'static) {
        *self.shared.handler.lock().unwrap() = Arc::new(Box::new(handler) as Handler);
    }

    /// What arrived so far.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Wakes the listener, so that it sees the end. Who comes after it has gone finds nobody.
        drop(TcpStream::connect(self.address));
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
    }
}

impl Shared {
    fn converse(&self, stream: TcpStream) {
        match &self.tls {
            Some(tls) => {
                let session = ServerConnection::new(Arc::clone(tls)).unwrap();
                self.answer_one(StreamOwned::new(session, stream));
            }
            None => self.answer_one(stream),
        }
    }

    /// One request, one answer. A client that leaves early is no error here.
    fn answer_one(&self, stream: impl Read + Write) {
        let mut reader = BufReader::new(stream);
        let Some(received) = read(&mut reader) else {
            return;
        };
        let handler = Arc::clone(&self.handler.lock().unwrap());
        self.received.lock().unwrap().push(received.clone());
        let reply = handler(&received);
        let mut stream = reader.into_inner();
        match reply {
            Reply::Bytes(bytes) => {
                let _ = stream.write_all(&bytes).and_then(|()| stream.flush());
            }
            Reply::Stall(bytes) => {
                let _ = stream.write_all(&bytes).and_then(|()| stream.flush());
                let _ = stream.read(&mut [0]);
            }
            Reply::Endless(bytes) => {
                let mut sent = stream.write_all(&bytes);
                while sent.is_ok() {
                    sent = stream.write_all(&[b'0'; 4096]);
                }
            }
        }
    }
}

fn read(reader: &mut BufReader<impl Read>) -> Option<Received> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            text => lines.push(text.to_owned()),
        }
    }
    let mut lines = lines.into_iter();
    let line = lines.next()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_lowercase(), value.trim().to_owned()))
        })
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Received {
        line,
        headers,
        body,
    })
}
