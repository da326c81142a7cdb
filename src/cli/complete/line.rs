//! A command line as it is being typed: its words as the shell will see them, and how what is offered is written back.
//!
//! Bash, zsh and fish quote alike as far as it matters here. Only the last word may be unfinished; nothing is expanded.

/// A shell whose completions ask the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// Its line editor replaces what follows the last word break or the open quote.
    Bash,
    /// Replaces the word from its open quote on.
    Zsh,
    /// Quotes by itself.
    Fish,
}

/// One word of a line.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// As it stands on the line.
    pub raw: String,
    /// As the command will get it.
    pub text: String,
    /// Where each byte of `text` begins in `raw`.
    from: Vec<usize>,
    /// The quote that is still open, and where in `raw`.
    open: Option<(usize, char)>,
    /// Where in `raw` its line editor begins a new word, at the latest.
    broken: usize,
}

impl Typed {
    fn push(&mut self, c: char, at: usize) {
        self.text.push(c);
        self.from.resize(self.text.len(), at);
    }

    /// The text from which on the shell's line editor replaces the word with what is offered, as the command gets it.
    fn kept(&self, shell: Shell) -> usize {
        let fixed = match (self.open, shell) {
            (_, Shell::Fish) => return 0,
            (Some((at, quote)), _) => at + quote.len_utf8(),
            (None, Shell::Bash) => self.broken,
            (None, Shell::Zsh) => 0,
        };
        self.from.partition_point(|at| *at < fixed)
    }

    /// What to give the shell so that the command gets `whole` in place of this word; `None` where that cannot be written.
    pub fn offer(&self, whole: &str, shell: Shell) -> Option<String> {
        let kept = self.kept(shell);
        let rest = whole.strip_prefix(self.text.get(..kept)?)?;
        match (shell, self.open) {
            (Shell::Fish, _) => Some(rest.to_owned()),
            (_, None) => Some(rest.chars().map(bare).collect()),
            (_, Some((_, '\''))) => Some(rest.replace('\'', r"'\''")),
            // Between double quotes nothing hides a `!` from the history.
            (_, Some(_)) if rest.contains('!') => None,
            (_, Some(_)) => Some(rest.chars().map(within).collect()),
        }
    }

    /// The quote that is open at its end.
    pub fn quote(&self) -> Option<char> {
        self.open.map(|(_, quote)| quote)
    }
}

/// A character as it is written outside quotes. What is not ASCII is no character a shell minds.
fn bare(c: char) -> String {
    let plain = !c.is_ascii() || c.is_ascii_alphanumeric() || "_-./:,@%+=".contains(c);
    if plain { c.to_string() } else { format!("\\{c}") }
}

/// A character as it is written between double quotes.
fn within(c: char) -> String {
    if matches!(c, '"' | '\\' | '$' | '`') { format!("\\{c}") } else { c.to_string() }
}

/// The words of a line up to the cursor; the last one is being typed and may be empty. `breaks` are the characters at
/// which the line editor begins a word, beside the shell.
pub fn words(line: &str, breaks: &str) -> Vec<Typed> {
    let (mut words, mut word, mut begun) = (Vec::new(), Typed::default(), false);
    let mut chars = line.char_indices();
    let mut start = 0;
    while let Some((at, c)) = chars.next() {
        let quote = word.open.map(|(_, quote)| quote);
        if quote.is_none() && c.is_ascii_whitespace() {
            if begun {
                words.push(end(&mut word, &line[start..at]));
            }
            (begun, start) = (false, at + c.len_utf8());
            continue;
        }
        begun = true;
        let here = at - start;
        match (c, quote) {
            ('\'' | '"', None) => word.open = Some((here, c)),
            (c, Some(open)) if c == open => word.open = None,
            ('\\', quote) if quote != Some('\'') => escaped(&mut word, here, quote, chars.next()),
            (c, quote) => {
                word.push(c, here);
                if quote.is_none() && breaks.contains(c) {
                    word.broken = here + c.len_utf8();
                }
            }
        }
    }
    words.push(end(&mut word, &line[start..]));
    words
}

/// A backslash and what follows it.
fn escaped(word: &mut Typed, here: usize, quote: Option<char>, next: Option<(usize, char)>) {
    match next {
        Some((_, c)) if quote.is_none() || "\"\\$`".contains(c) => word.push(c, here),
        Some((_, c)) => {
            word.push('\\', here);
            word.push(c, here + 1);
        }
        None => {}
    }
}

fn end(word: &mut Typed, raw: &str) -> Typed {
    let mut word = std::mem::take(word);
    raw.clone_into(&mut word.raw);
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    const BREAKS: &str = " \t\n\"'@><=;|&(:";

    fn texts(line: &str) -> Vec<String> {
        words(line, BREAKS).into_iter().map(|word| word.text).collect()
    }

    fn offer(line: &str, whole: &str, shell: Shell) -> Option<String> {
        words(line, BREAKS).pop().unwrap().offer(whole, shell)
    }

    #[test]
    fn words_are_parted_as_a_shell_parts_them() {
        assert_eq!(texts("hypernet query 'a b' \"c\\\"d\" e\\ f g"), ["hypernet", "query", "a b", "c\"d", "e f", "g"]);
        assert_eq!(texts("hypernet  query "), ["hypernet", "query", ""]);
        assert_eq!(texts("hypernet 'open it"), ["hypernet", "open it"]);
        assert_eq!(texts("hypernet ''"), ["hypernet", ""]);
        assert_eq!(texts("hypernet x\\"), ["hypernet", "x"]);
        assert_eq!(texts(""), [""]);
    }

    #[test]
    fn bash_is_given_what_follows_its_last_word_break() {
        assert_eq!(offer("q tag:be", "tag:beach", Shell::Bash).unwrap(), "beach");
        assert_eq!(offer("q ta", "tag:", Shell::Bash).unwrap(), "tag:");
        assert_eq!(offer("q 'tag:be", "tag:beach", Shell::Bash).unwrap(), "tag:beach");
        assert_eq!(offer("q tag:\"be", "tag:beach", Shell::Bash).unwrap(), "beach");
        assert_eq!(offer("q tag:Best\\ o", "tag:Best of", Shell::Bash).unwrap(), "Best\\ of");
    }

    #[test]
    fn what_a_shell_would_act_on_is_written_so_that_it_does_not() {
        let name = "tag:$(touch x)`a`;'b'&c";
        assert_eq!(offer("q tag:", name, Shell::Bash).unwrap(), "\\$\\(touch\\ x\\)\\`a\\`\\;\\'b\\'\\&c");
        assert_eq!(offer("q 'tag:", name, Shell::Bash).unwrap(), "tag:$(touch x)`a`;'\\''b'\\''&c");
        assert_eq!(offer("q \"tag:", name, Shell::Zsh).unwrap(), "tag:\\$(touch x)\\`a\\`;'b'&c");
        assert_eq!(offer("q \"tag:", "tag:wow!", Shell::Bash), None);
        assert_eq!(offer("q tag:", "tag:ü x", Shell::Zsh).unwrap(), "tag:ü\\ x");
        assert_eq!(offer("q 'tag:", "tag:a b", Shell::Fish).unwrap(), "tag:a b");
    }

    #[test]
    fn what_is_offered_is_read_back_as_it_was_meant() {
        for open in ["", "'", "\""] {
            for meant in ["tag:plain", "tag:\"two words\"", "tag:it's", "tag:a\\b", "tag:$x`y`", "tag:é*?#~<>"] {
                let line = format!("q {open}ta");
                let typed = words(&line, BREAKS).pop().unwrap();
                let line = format!("q {open}{}{open}", typed.offer(meant, Shell::Zsh).unwrap());
                assert_eq!(texts(&line)[1], meant, "{line}");
            }
        }
    }
}
