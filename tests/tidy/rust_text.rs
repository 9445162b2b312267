//! Rust source with everything but its code blanked out, line by line as it was. Absent: a parser; this knows just enough of
//! the language to tell code from comments, strings and tests.

/// `text` with the contents of comments, strings and character literals turned to spaces. Lines stay where they are.
pub(crate) fn code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = match (chars[at], chars.get(at + 1)) {
            ('/', Some('/')) => blank(&chars, at, line_end(&chars, at), &mut out),
            ('/', Some('*')) => blank(&chars, at, comment_end(&chars, at), &mut out),
            ('"', _) => literal(&chars, at, string_end(&chars, at), 1, &mut out),
            ('r', Some('"' | '#')) if !continues_a_word(&chars, at) => raw_string(&chars, at, &mut out),
            ('\'', _) => character(&chars, at, &mut out),
            (other, _) => {
                out.push(other);
                at + 1
            }
        };
        at = end;
    }
    out
}

/// `code` (as [`code`] gives it) with the items under `#[cfg(test)]` blanked out.
pub(crate) fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find(MARK) {
        let (before, item) = rest.split_at(start);
        let (item, after) = item.split_at(item_end(item));
        out.push_str(before);
        out.extend(item.chars().map(|c| if c == '\n' { c } else { ' ' }));
        rest = after;
    }
    out + rest
}

/// Where the item at the start of `code` ends: after its `;`, or after the brace that closes its first.
fn item_end(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            ';' if depth == 0 => return at + 1,
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

fn continues_a_word(chars: &[char], at: usize) -> bool {
    let is_word = |back: usize| {
        at.checked_sub(back)
            .is_some_and(|at| chars[at].is_alphanumeric() || chars[at] == '_')
    };
    // `br"…"` is a string too, so a lone `b` before the `r` does not make it a word.
    let is_bytes = at > 0 && chars[at - 1] == 'b' && !is_word(2);
    is_word(1) && !is_bytes
}

fn blank(chars: &[char], from: usize, to: usize, out: &mut String) -> usize {
    out.extend(
        chars[from..to]
            .iter()
            .map(|c| if *c == '\n' { '\n' } else { ' ' }),
    );
    to
}

/// Blanks what stands between the `quote` characters at both ends of `from..to`.
fn literal(chars: &[char], from: usize, to: usize, quote: usize, out: &mut String) -> usize {
    let inside = (from + quote).min(to)..to.saturating_sub(quote).max((from + quote).min(to));
    out.extend(&chars[from..inside.start]);
    blank(chars, inside.start, inside.end, out);
    out.extend(&chars[inside.end..to]);
    to
}

fn line_end(chars: &[char], from: usize) -> usize {
    (from..chars.len())
        .find(|at| chars[*at] == '\n')
        .unwrap_or(chars.len())
}

/// Block comments nest in Rust.
fn comment_end(chars: &[char], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0_usize);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (at, depth) = (at + 2, depth + 1),
            ('*', Some('/')) if depth == 1 => return at + 2,
            ('*', Some('/')) => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
    }
    chars.len()
}

fn string_end(chars: &[char], from: usize) -> usize {
    let mut at = from + 1;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

fn raw_string(chars: &[char], from: usize, out: &mut String) -> usize {
    let hashes = chars[from + 1..].iter().take_while(|c| **c == '#').count();
    let open = from + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        out.push('r'); // a raw identifier
        return from + 1;
    }
    let closes = |at: &usize| {
        chars[*at] == '"' && chars[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
    };
    let end = (open + 1..chars.len())
        .find(closes)
        .map_or(chars.len(), |quote| quote + 1 + hashes);
    out.push('r');
    literal(chars, from + 1, end, hashes + 1, out)
}

/// A character literal, or the quote that opens a lifetime.
fn character(chars: &[char], from: usize, out: &mut String) -> usize {
    let end = match chars.get(from + 1) {
        Some('\\') => (from + 3..chars.len())
            .find(|at| chars[*at] == '\'')
            .map(|quote| quote + 1),
        _ if chars.get(from + 2) == Some(&'\'') => Some(from + 3),
        _ => None,
    };
    if let Some(end) = end {
        return literal(chars, from, end, 1, out);
    }
    out.push('\'');
    from + 1
}
