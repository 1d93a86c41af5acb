//! Rust text taken apart: words, marks and literals on one side, comments on the other.
//!
//! Just enough of the language for the checks: no macro is expanded, no literal decoded.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An identifier, keyword or number.
    Word,
    /// Punctuation: one character, or `::`.
    Mark,
    /// A string literal; the token's text is what stands between the quotes.
    Text,
}

/// One token.
#[derive(Debug, Clone)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub text: String,
    /// Its line, counted from 1.
    pub line: usize,
    /// The line it ends on: only strings have more than one.
    pub last_line: usize,
}

impl Token {
    /// Whether this is that word or mark. Never true for a string literal.
    pub fn is(&self, text: &str) -> bool {
        self.kind != Kind::Text && self.text == text
    }
}

/// One comment with its slashes.
#[derive(Debug)]
pub struct Comment {
    /// The whole comment.
    pub text: String,
    /// Its first line, counted from 1.
    pub line: usize,
}

/// A text taken apart.
#[derive(Debug, Default)]
pub struct Lexed {
    /// Everything but comments and white space.
    pub tokens: Vec<Token>,
    /// Comments and doc comments.
    pub comments: Vec<Comment>,
}

/// Takes a text apart.
pub fn lex(text: &str) -> Lexed {
    let chars = text.chars().collect();
    let mut lexer = Lexer { chars, at: 0, line: 1, out: Lexed::default() };
    while lexer.at < lexer.chars.len() {
        lexer.step();
    }
    lexer.out
}

/// The index of the bracket that closes the one at `open`; the last index if none does.
pub fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        if token.is("{") || token.is("(") || token.is("[") {
            depth += 1;
        } else if token.is("}") || token.is(")") || token.is("]") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return index;
            }
        }
    }
    tokens.len().saturating_sub(1)
}

/// Whether the tokens from `at` on read like this: `"# [ cfg ( test ) ]"`.
pub fn reads(tokens: &[Token], at: usize, pattern: &str) -> bool {
    let mut rest = tokens[at.min(tokens.len())..].iter();
    pattern.split(' ').all(|part| rest.next().is_some_and(|token| token.is(part)))
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    out: Lexed,
}

impl Lexer {
    fn step(&mut self) {
        match (self.peek(0), self.peek(1)) {
            ('/', '/') => self.line_comment(),
            ('/', '*') => self.block_comment(),
            ('"', _) => self.string(None),
            ('\'', _) => self.char_or_lifetime(),
            (':', ':') => self.mark(2),
            (here, _) if here == '_' || here.is_alphanumeric() => self.word(),
            (here, _) if here.is_whitespace() => self.bump(1),
            _ => self.mark(1),
        }
    }

    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn bump(&mut self, count: usize) {
        for _ in 0..count {
            if self.peek(0) == '\n' {
                self.line += 1;
            }
            self.at += 1;
        }
    }

    fn since(&self, start: usize) -> String {
        self.chars[start..self.at.min(self.chars.len())].iter().collect()
    }

    fn push(&mut self, kind: Kind, text: String, line: usize) {
        self.out.tokens.push(Token { kind, text, line, last_line: self.line });
    }

    fn mark(&mut self, length: usize) {
        let start = self.at;
        self.bump(length);
        self.push(Kind::Mark, self.since(start), self.line);
    }

    fn line_comment(&mut self) {
        let start = self.at;
        while self.at < self.chars.len() && self.peek(0) != '\n' {
            self.bump(1);
        }
        self.out.comments.push(Comment { text: self.since(start), line: self.line });
    }

    fn block_comment(&mut self) {
        let (start, line, mut depth) = (self.at, self.line, 0);
        while self.at < self.chars.len() {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => {
                    self.bump(1);
                    continue;
                }
            }
            self.bump(2);
            if depth == 0 {
                break;
            }
        }
        self.out.comments.push(Comment { text: self.since(start), line });
    }

    /// A string from its opening quote on; with `Some(hashes)` a raw one, closed by so many.
    fn string(&mut self, raw: Option<usize>) {
        let line = self.line;
        self.bump(1);
        let start = self.at;
        while self.at < self.chars.len() && !self.string_ends(raw) {
            self.bump(if raw.is_none() && self.peek(0) == '\\' { 2 } else { 1 });
        }
        let text = self.since(start);
        self.bump(1 + raw.unwrap_or(0));
        self.push(Kind::Text, text, line);
    }

    fn string_ends(&self, raw: Option<usize>) -> bool {
        self.peek(0) == '"' && (1..=raw.unwrap_or(0)).all(|ahead| self.peek(ahead) == '#')
    }

    fn char_or_lifetime(&mut self) {
        if self.peek(1) == '\\' {
            self.bump(3);
            while self.at < self.chars.len() && self.peek(0) != '\'' {
                self.bump(1);
            }
            self.bump(1);
        } else if self.peek(2) == '\'' {
            self.bump(3);
        } else {
            self.bump(1);
            self.run_of_word();
        }
    }

    fn run_of_word(&mut self) -> String {
        let start = self.at;
        while self.peek(0) == '_' || self.peek(0).is_alphanumeric() {
            self.bump(1);
        }
        self.since(start)
    }

    /// A word, or a string that has a prefix such as `r#` or `b`.
    fn word(&mut self) {
        let word = self.run_of_word();
        let hashes = (0..).take_while(|ahead| self.peek(*ahead) == '#').count();
        match word.as_str() {
            "r" | "br" | "cr" if self.peek(hashes) == '"' => {
                self.bump(hashes);
                self.string(Some(hashes));
            }
            "b" | "c" if self.peek(0) == '"' => self.string(None),
            "r" if hashes == 1 => self.bump(1),
            _ => self.push(Kind::Word, word, self.line),
        }
    }
}

#[test]
fn literals_and_comments_are_told_from_code() {
    let text = concat!(
        "let a = r#\"x \" // no\"#; // yes \"\n",
        "fn f<'a>(c: char) -> bool { c == '\"' || c == '\\'' /* in /* out */ */ }\n",
        "const S: &str = \"one \\\"two\\\"\n three\"; r#type b'{' b\"bytes\"",
    );
    let lexed = lex(text);
    let of = |kind| lexed.tokens.iter().filter(move |token| token.kind == kind);
    let strings: Vec<&str> = of(Kind::Text).map(|token| token.text.as_str()).collect();
    assert_eq!(strings, ["x \" // no", "one \\\"two\\\"\n three", "bytes"]);
    let comments: Vec<&str> = lexed.comments.iter().map(|comment| comment.text.as_str()).collect();
    assert_eq!(comments, ["// yes \"", "/* in /* out */ */"]);
    let words: Vec<&str> = of(Kind::Word).map(|token| token.text.as_str()).collect();
    let expected = "let a fn f c char bool c c const S str type b";
    assert_eq!(words.join(" "), expected);
    let marks: String = of(Kind::Mark).map(|token| token.text.as_str()).collect();
    assert!(marks.ends_with("{==||==}:&=;"), "{marks}");
}

#[test]
fn a_bracket_is_closed_by_its_own_kin() {
    let tokens = lex("f(a, [b], { c }) { d }").tokens;
    assert_eq!(closing(&tokens, 1), 11);
    assert!(reads(&tokens, 0, "f ( a ,") && !reads(&tokens, 0, "f ( b"));
}
