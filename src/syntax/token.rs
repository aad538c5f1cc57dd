//! Tokens: the words and signs of a text, each with its place.

/// A word or sign. Blanks between tokens are left out; comments and line breaks are tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

/// The kinds of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it all where there is no comment")]
pub enum TokenKind {
    Ident,
    Number,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParen,
    CloseParen,
    /// `"` that begins a string.
    OpenQuote,
    /// `"` that ends one; empty where the string ended at the end of its line.
    CloseQuote,
    /// `<<NAME` or `<<-NAME` and its line break.
    OpenHeredoc,
    /// The line that ends a heredoc, without its line break.
    CloseHeredoc,
    /// Text inside a quoted string, escapes as written.
    QuotedText,
    /// Text inside a heredoc (at most one line) or a bare template.
    Text,
    /// `${` or `${~`
    OpenInterpolation,
    /// `%{` or `%{~`
    OpenDirective,
    /// `}` or `~}` at the end of either.
    CloseTemplate,
    Equal,
    EqualEqual,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Bang,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Question,
    Colon,
    DoubleColon,
    Dot,
    Ellipsis,
    Comma,
    /// `=>`
    Arrow,
    Newline,
    /// `#` or `//` to the end of the line.
    LineComment,
    /// `/* … */`
    BlockComment,
    /// Anything that has no place in the language.
    Invalid,
    /// Behind the last byte; always the last token, and there only.
    End,
}

impl TokenKind {
    /// Whether something is opened that has to be closed.
    pub fn opens(self) -> bool {
        use TokenKind as K;
        matches!(
            self,
            K::OpenBrace
                | K::OpenBracket
                | K::OpenParen
                | K::OpenQuote
                | K::OpenHeredoc
                | K::OpenInterpolation
                | K::OpenDirective
        )
    }

    /// Whether something is closed.
    pub fn closes(self) -> bool {
        use TokenKind as K;
        matches!(
            self,
            K::CloseBrace | K::CloseBracket | K::CloseParen | K::CloseQuote | K::CloseHeredoc | K::CloseTemplate
        )
    }
}
