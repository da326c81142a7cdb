//! Completion as the shells do it: the scripts the program prints are loaded and asked, with names in the library that would do harm
//! if a shell took them for more than text.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::support::{HYPERNET, jpeg, skip};

/// Tags a shell must not act on. The last two are never offered: nobody can type them.
const TAGS: &[&str] = &[
    "beach",
    "bear cub",
    "it's",
    "say \"hi\"",
    "$(touch PWNED)",
    "`touch PWNED`",
    "a;touch PWNED",
    "esc\u{1b}[31m",
    "two\nlines",
];

/// A home with a library, saved queries, and the program on the path under its own name.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        fs::write(home.path().join("one.jpg"), jpeg(1)).unwrap();
        let config = home.path().join(".config/hypernet");
        fs::create_dir_all(&config).unwrap();
        fs::write(config.join("config.toml"), "[queries]\nrecent = \"since:7d\"\n").unwrap();
        let mut import = home.command(HYPERNET);
        import.args(["import", "one.jpg", "-q", "--album", "Best of 2024"]);
        for tag in TAGS {
            import.args(["--tag", tag]);
        }
        let ran = import.output().unwrap();
        assert!(ran.status.success(), "{}", said(&ran));
        for (shell, name) in [("bash", "hypernet.bash"), ("zsh", "_hypernet"), ("fish", "hypernet.fish")] {
            let script = home.command(HYPERNET).args(["completions", shell]).output().unwrap();
            fs::write(home.path().join(name), script.stdout).unwrap();
        }
        home
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, program: &str) -> Command {
        let built = Path::new(HYPERNET).parent().unwrap();
        let mut path = vec![built.to_owned()];
        path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        let mut command = Command::new(program);
        command.env_clear().env("PATH", std::env::join_paths(path).unwrap()).env("HOME", self.path());
        command.env("LC_ALL", "C.UTF-8").current_dir(self.path());
        command
    }

    /// What a script prints, run by a shell with its completions as `$1`; `None` without that shell.
    fn ran(&self, shell: &[&str], completions: &str, script: &str, more: &[&str]) -> Option<String> {
        if Command::new(shell[0]).arg("--version").output().is_err() {
            skip(&format!("{} is not here", shell[0]));
            return None;
        }
        let completions = self.path().join(completions);
        let mut command = self.command(shell[0]);
        command.args(&shell[1..]).args(["-c", script, "sh"]).arg(completions).args(more);
        let ran = command.output().unwrap();
        assert!(!self.path().join("PWNED").exists(), "a name was run as a command");
        Some(said(&ran))
    }
}

fn said(ran: &Output) -> String {
    [&ran.stdout, &ran.stderr].map(|stream| String::from_utf8_lossy(stream).into_owned()).concat()
}

/// Calls the function bash would call, gives what it would offer, and what a command would get of the second to last offer.
const BASH: &str = r#"
compopt() { :; }
source "$1"
COMP_LINE=$2 COMP_POINT=${#2}
COMP_WORDS=($2) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_hypernet hypernet "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
for offer in "${COMPREPLY[@]}"; do
    eval "printf '<%s>\n' $3$offer$3"
done
"#;

/// What bash offers on a line, each as the command would get it when `quote` is open before it.
fn bash(home: &Home, line: &str, quote: &str) -> Option<Vec<String>> {
    let told = home.ran(&["bash", "--norc", "--noprofile"], "hypernet.bash", BASH, &[line, quote])?;
    Some(told.lines().map(ToOwned::to_owned).collect())
}

#[test]
fn bash_offers_fields_values_and_names_and_runs_none_of_them() {
    let home = Home::new();
    let Some(fields) = bash(&home, "hypernet query came", "") else { return };
    assert_eq!(fields, ["<camera:>"]);
    let offered = |line: &str, quote: &str| bash(&home, line, quote).unwrap();
    assert_eq!(offered("hypernet query type:", ""), ["<photo>", "<video>", "<document>", "<other>"]);
    assert_eq!(offered("hypernet query album:B", ""), ["<\"Best of 2024\">"]);
    assert_eq!(offered("hypernet query 'album:B", "'"), ["<album:\"Best of 2024\">"]);
    assert_eq!(offered("hypernet query tag:be", ""), ["<beach>", "<bear\\ cub>"]);
    assert_eq!(offered("hypernet query @", ""), ["<recent>"]);
    assert_eq!(offered("hypernet query --rev", ""), ["<--reverse>"]);
    for (line, quote) in [("hypernet query tag:", ""), ("hypernet query 'tag:", "'"), ("hypernet query \"tag:", "\"")] {
        let all = offered(line, quote);
        // Where the shell's quotes leave no room for those of the language, it is the language's backslashes.
        let value = |tag: &str| all.iter().any(|offer| offer.replace('\\', "").contains(tag));
        assert!(
            value("beach") && value("it's") && value("$(touch PWNED)") && value("`touch PWNED`"),
            "{line}: {all:?}"
        );
        assert!(!all.concat().contains('\u{1b}') && !value("two"), "{line}: {all:?}");
    }
}

#[test]
fn fish_offers_fields_values_and_names() {
    let home = Home::new();
    let script = "source $argv[2]; complete -C $argv[3]";
    let offered = |line: &str| home.ran(&["fish", "--no-config"], "hypernet.fish", script, &[line]);
    let Some(fields) = offered("hypernet query came") else { return };
    assert!(fields.starts_with("camera:\t"), "{fields}");
    assert_eq!(offered("hypernet query tag:bea").unwrap(), "tag:beach\ntag:bear\\ cub\n");
    assert!(offered("hypernet query --sort si").unwrap().starts_with("size\t"));
    assert!(offered("hypernet show -w type:ph").unwrap().starts_with("type:photo\t"));
    let all = offered("hypernet query tag:").unwrap();
    assert!(all.contains("$(touch PWNED)") && !all.contains('\u{1b}') && !all.contains("two"), "{all}");
}

/// Types a line into a zsh of its own, presses Tab, and has the line printed instead of run.
const ZSH: &str = r#"
zmodload zsh/zpty || exit 9
zpty shell 'PS1= TERM=dumb zsh -f -i'
type() { zpty -w shell "$1" }
type "unsetopt zle_bracketed_paste; fpath=(${1:h} \$fpath); autoload -Uz compinit; compinit -u -D; bindkey -e"
type "shown() { zle -I; print -r -- \"<<\$BUFFER>>\"; BUFFER=; zle reset-prompt }; zle -N shown; bindkey '^X' shown; print REA''DY"
zpty -r shell answer '*READY*' || exit 9
zpty -w -n shell "$2"$'\t\x18'
zpty -r shell answer '*<<*>>*' || exit 9
print -r -- "${${answer##*<<}%%>>*}"
zpty -d shell
"#;

#[test]
fn zsh_fills_in_fields_and_names() {
    let home = Home::new();
    let filled = |line: &str| {
        let told = home.ran(&["zsh", "-f"], "_hypernet", ZSH, &[line])?;
        Some(told.trim_end().to_owned())
    };
    let Some(field) = filled("hypernet query came") else { return };
    assert_eq!(field, "hypernet query camera:");
    assert_eq!(filled("hypernet query album:B").unwrap(), "hypernet query album:\\\"Best\\ of\\ 2024\\\"");
    assert_eq!(filled("hypernet query 'album:B").unwrap(), "hypernet query 'album:\"Best of 2024\"'");
    assert_eq!(filled("hypernet query tag:be").unwrap(), "hypernet query tag:bea");
}
