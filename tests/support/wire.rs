//! A client that says on the wire exactly what a test tells it to, well formed or not.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends bytes and reads until the server closes. A server that stops reading early is no error here.
pub async fn exchange(server: SocketAddr, bytes: &[u8]) -> String {
    let (mut read, mut write) = TcpStream::connect(server).await.unwrap().into_split();
    let sending = async move {
        let _ = write.write_all(bytes).await;
        write
    };
    let reading = async move {
        let mut answer = Vec::new();
        let _ = read.read_to_end(&mut answer).await;
        answer
    };
    let (_write, answer) = tokio::join!(sending, reading);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A POST of a form, after which the client wants the connection closed.
pub fn post(path: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// A GET, after which the client wants the connection closed.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n").into_bytes()
}

/// The status of the first answer.
pub fn status(answer: &str) -> u16 {
    let code = answer.split(' ').nth(1).unwrap_or_default();
    code.parse()
        .unwrap_or_else(|_| panic!("an HTTP answer, not {answer:?}"))
}

/// How many answers there are.
pub fn answers(answer: &str) -> usize {
    answer.matches("HTTP/1.1 ").count()
}
