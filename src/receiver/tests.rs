//! Tests of the receiver, over raw TCP so that headers and odd requests are seen as they are.

use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::broadcast::error::RecvError;

use super::*;

const SOON: Duration = Duration::from_secs(5);

async fn start() -> Receiver {
    start_with(ReceiverOptions::default()).await
}

async fn start_with(options: ReceiverOptions) -> Receiver {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Receiver::start(any, options).await.unwrap()
}

/// Sends bytes on a connection of its own and reads until the server closes it.
async fn exchange(receiver: &Receiver, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(receiver.address()).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    timeout(SOON, reading).await.unwrap().unwrap();
    String::from_utf8(answer).unwrap()
}

fn request(method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}

async fn deliver(receiver: &Receiver, path: &str, body: &str) -> String {
    let headers = "X-GD-RequestId: id-1\r\nContent-Type: application/json\r\n";
    exchange(receiver, &request("POST", path, headers, body)).await
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

fn body(answer: &str) -> Value {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}

fn echoes(answer: &str) -> bool {
    answer.contains("x-gd-requestid: id-1\r\n")
}

#[tokio::test]
async fn a_webhook_is_acknowledged_as_the_vendor_asks() {
    let receiver = start().await;
    let answer = deliver(&receiver, "/webhooks", "{}").await;
    assert_eq!(status(&answer), 200);
    assert!(echoes(&answer), "{answer}");
    assert!(answer.contains("content-type: application/json"));
    assert_eq!(
        body(&answer),
        json!({"responseDetails": [
            {"code": 0, "subCode": 0, "description": "Success", "url": "http://tbd"},
        ]})
    );
}

#[tokio::test]
async fn a_request_without_an_id_is_acknowledged_without_one() {
    let receiver = start().await;
    let answer = exchange(&receiver, &request("POST", "/", "", "{}")).await;
    assert_eq!(status(&answer), 200);
    assert!(!answer.contains("x-gd-requestid"));
}

#[tokio::test]
async fn what_came_is_written_down() {
    let receiver = start().await;
    deliver(&receiver, "/any/path?x=1", r#"{"a": [1, 2]}"#).await;
    let received = receiver.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].path, "/any/path?x=1");
    assert_eq!(received[0].body, json!({"a": [1, 2]}));
    assert_eq!(received[0].raw, r#"{"a": [1, 2]}"#);
    assert_eq!(received[0].header("X-GD-RequestId"), Some("id-1"));
    let lower = |(name, _): &(String, String)| *name == name.to_lowercase();
    assert!(received[0].headers.iter().all(lower));
}

#[tokio::test]
async fn a_body_that_is_not_json_is_kept_as_text() {
    let receiver = start().await;
    let answer = deliver(&receiver, "/webhooks", "not json").await;
    assert_eq!(status(&answer), 200);
    assert_eq!(receiver.received()[0].body, Value::Null);
    assert_eq!(receiver.received()[0].raw, "not json");
}

#[tokio::test]
async fn a_body_that_is_not_utf8_is_taken() {
    let receiver = start().await;
    let mut bytes = request("POST", "/", "", "xx");
    let end = bytes.len();
    bytes[end - 1] = 0xff;
    assert_eq!(status(&exchange(&receiver, &bytes).await), 200);
    assert_eq!(receiver.received()[0].raw, "x\u{fffd}");
}

#[tokio::test]
async fn only_post_is_taken() {
    let receiver = start().await;
    for method in ["GET", "PUT", "DELETE"] {
        let answer = exchange(&receiver, &request(method, "/webhooks", "", "")).await;
        assert_eq!(status(&answer), 405, "{method}");
    }
    assert_eq!(receiver.total(), 0);
}

#[tokio::test]
async fn a_body_of_one_mebibyte_is_taken_and_no_more() {
    let receiver = start().await;
    let fits = "x".repeat(BODY_BYTES);
    assert_eq!(status(&deliver(&receiver, "/", &fits).await), 200);
    let exceeds = "x".repeat(BODY_BYTES + 1);
    assert_eq!(status(&deliver(&receiver, "/", &exceeds).await), 413);
    assert_eq!(receiver.total(), 1);
}

#[tokio::test]
async fn credentials_are_kept_only_on_request() {
    let headers = "Authorization: Bearer hunter1\r\nApi-Key: hunter2\r\nX-Api-Key: hunter3\r\n";
    for keep_secrets in [false, true] {
        let receiver =
            start_with(ReceiverOptions { keep_secrets, ..ReceiverOptions::default() }).await;
        exchange(&receiver, &request("POST", "/", headers, "{}")).await;
        let received = receiver.received().remove(0);
        assert_eq!(format!("{received:?}").contains("hunter"), keep_secrets);
        let shown = received.header("authorization").unwrap();
        assert_eq!(shown, if keep_secrets { "Bearer hunter1" } else { "***" });
    }
}

#[tokio::test]
async fn the_newest_requests_are_kept_and_all_are_counted() {
    let receiver = start_with(ReceiverOptions { keep: 2, ..ReceiverOptions::default() }).await;
    for number in 1..=5 {
        deliver(&receiver, "/", &number.to_string()).await;
    }
    let bodies: Vec<_> = receiver.received().into_iter().map(|it| it.raw).collect();
    assert_eq!(bodies, ["4", "5"]);
    assert_eq!(receiver.total(), 5);
}

#[tokio::test]
async fn the_bytes_kept_are_bounded_too() {
    let receiver =
        start_with(ReceiverOptions { keep_bytes: 10, ..ReceiverOptions::default() }).await;
    for text in ["aaaa", "bbbb", "cccc"] {
        deliver(&receiver, "/", text).await;
    }
    assert_eq!(receiver.received().len(), 2);
    deliver(&receiver, "/", &"d".repeat(100)).await;
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn keeping_nothing_still_counts() {
    let receiver = start_with(ReceiverOptions { keep: 0, ..ReceiverOptions::default() }).await;
    deliver(&receiver, "/", "{}").await;
    assert_eq!(receiver.wait_for(1, SOON).await, Ok(vec![]));
}

#[tokio::test]
async fn waiting_ends_when_enough_came() {
    let receiver = start().await;
    let (seen, ..) = tokio::join!(
        receiver.wait_for(2, SOON),
        deliver(&receiver, "/", "1"),
        deliver(&receiver, "/", "2"),
    );
    assert_eq!(seen.unwrap().len(), 2);
    assert_eq!(receiver.wait_for(1, Duration::ZERO).await.unwrap().len(), 2);
}

#[tokio::test]
async fn waiting_in_vain_gives_what_came() {
    let receiver = start().await;
    deliver(&receiver, "/", "1").await;
    let seen = receiver.wait_for(2, Duration::from_millis(20)).await;
    assert_eq!(seen.unwrap_err().len(), 1);
}

#[tokio::test]
async fn subscribers_see_requests_as_they_come() {
    let receiver = start().await;
    let mut live = receiver.subscribe();
    deliver(&receiver, "/one", "1").await;
    let seen = timeout(SOON, live.recv()).await.unwrap().unwrap();
    assert_eq!(seen.path, "/one");
    receiver.stop().await;
    let end = timeout(SOON, live.recv()).await.unwrap();
    assert_eq!(end.unwrap_err(), RecvError::Closed);
}

#[tokio::test]
async fn a_slow_subscriber_is_told_what_it_missed() {
    let receiver = start_with(ReceiverOptions { backlog: 2, ..ReceiverOptions::default() }).await;
    let mut live = receiver.subscribe();
    for number in 1..=5 {
        deliver(&receiver, "/", &number.to_string()).await;
    }
    assert_eq!(live.recv().await.unwrap_err(), RecvError::Lagged(3));
    assert_eq!(live.recv().await.unwrap().raw, "4");
}

#[tokio::test]
async fn a_status_can_be_answered() {
    let receiver = start().await;
    receiver.answer_with(Answer::Status(503));
    let answer = deliver(&receiver, "/", "{}").await;
    assert_eq!(status(&answer), 503);
    assert!(echoes(&answer));
    assert_eq!(body(&answer)["responseDetails"][0]["code"], 503);
}

#[tokio::test]
async fn what_is_no_status_becomes_500() {
    let receiver = start().await;
    for odd in [0, 42, 100, 1000] {
        receiver.answer_with(Answer::Status(odd));
        assert_eq!(status(&deliver(&receiver, "/", "{}").await), 500, "{odd}");
    }
}

#[tokio::test]
async fn the_echo_can_be_left_out() {
    let receiver = start().await;
    receiver.answer_with(Answer::NoEcho);
    let answer = deliver(&receiver, "/", "{}").await;
    assert_eq!(status(&answer), 200);
    assert!(!echoes(&answer));
    assert_eq!(body(&answer)["responseDetails"][0]["code"], 0);
}

#[tokio::test]
async fn a_code_can_be_answered() {
    let receiver = start().await;
    receiver.answer_with(Answer::Code(-3));
    let answer = deliver(&receiver, "/", "{}").await;
    assert_eq!(status(&answer), 200);
    assert!(echoes(&answer));
    assert_eq!(body(&answer)["responseDetails"][0]["code"], -3);
    assert_eq!(body(&answer)["responseDetails"][0]["description"], "Failure");
}

#[tokio::test]
async fn silence_is_kept_for_its_time() {
    let receiver = start().await;
    let silence = Duration::from_millis(100);
    receiver.answer_with(Answer::Silence(silence));
    let begin = Instant::now();
    let answer = deliver(&receiver, "/", "{}").await;
    assert!(begin.elapsed() >= silence);
    assert_eq!(status(&answer), 200);
    assert!(echoes(&answer));
}

#[tokio::test]
async fn a_line_is_cut_after_its_time_without_a_byte() {
    let receiver = start().await;
    let silence = Duration::from_millis(50);
    receiver.answer_next([Answer::HangUp(silence)]);
    let mut stream = TcpStream::connect(receiver.address()).await.unwrap();
    let begin = Instant::now();
    stream.write_all(&request("POST", "/", "", "{}")).await.unwrap();
    let mut came = Vec::new();
    timeout(SOON, stream.read_to_end(&mut came)).await.unwrap().unwrap();
    assert!(came.is_empty() && begin.elapsed() >= silence, "{came:?}");
    // The next one, on a line of its own, is answered.
    assert_eq!(status(&deliver(&receiver, "/", "{}").await), 200);
    assert_eq!(receiver.total(), 2);
}

#[tokio::test]
async fn queued_answers_come_before_the_standing_one() {
    let receiver = start().await;
    receiver.answer_with(Answer::Status(503));
    receiver.answer_next(vec![Answer::Status(500), Answer::Acknowledge]);
    receiver.answer_next([Answer::Status(429)]);
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(status(&deliver(&receiver, "/", "{}").await));
    }
    assert_eq!(seen, [500, 200, 429, 503, 503]);
}

#[tokio::test]
async fn a_request_met_with_silence_is_written_down_at_once() {
    let receiver = start().await;
    receiver.answer_with(Answer::Silence(Duration::from_secs(600)));
    let mut stream = TcpStream::connect(receiver.address()).await.unwrap();
    let bytes = request("POST", "/", "", "{}");
    stream.write_all(&bytes).await.unwrap();
    assert_eq!(receiver.wait_for(1, SOON).await.unwrap().len(), 1);
    // Neither the silence nor the open connection may hold up the end.
    timeout(SOON, receiver.stop()).await.unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 503");
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_up_the_end() {
    let receiver = start().await;
    let mut stream = TcpStream::connect(receiver.address()).await.unwrap();
    let bytes = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\n{}";
    stream.write_all(bytes).await.unwrap();
    receiver.wait_for(1, SOON).await.unwrap();
    timeout(SOON, receiver.stop()).await.unwrap();
}

#[tokio::test]
async fn stopping_frees_the_port() {
    let receiver = start().await;
    let address = receiver.address();
    receiver.stop().await;
    let again = Receiver::start(address, ReceiverOptions::default()).await;
    assert_eq!(again.unwrap().address(), address);
}

#[tokio::test]
async fn dropping_stops_too() {
    let receiver = start().await;
    let address = receiver.address();
    let mut live = receiver.subscribe();
    drop(receiver);
    let end = timeout(SOON, live.recv()).await.unwrap();
    assert_eq!(end.unwrap_err(), RecvError::Closed);
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_taken_port_is_an_error() {
    let receiver = start().await;
    let second = Receiver::start(receiver.address(), ReceiverOptions::default()).await;
    assert_eq!(second.unwrap_err().kind(), io::ErrorKind::AddrInUse);
}

#[tokio::test]
async fn the_url_can_be_sent_to() {
    let receiver = start().await;
    let port = receiver.address().port();
    assert_eq!(receiver.url(), format!("http://127.0.0.1:{port}/webhooks"));
    let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let open = Receiver::start(any, ReceiverOptions::default()).await.unwrap();
    let port = open.address().port();
    assert_eq!(open.url(), format!("http://127.0.0.1:{port}/webhooks"));
}
