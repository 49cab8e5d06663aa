//! From text to a query.

use super::token::{Token, tokens};
use super::{
    Comparison, Condition, Direction, Kind, Minute, Order, Query, Test, Time, Words, Wrong,
};
use crate::organisation::NodeKind;
use std::iter::Peekable;
use std::vec::IntoIter;

/// Fields that the live site has and the stand-in does not know.
const OTHER_FIELDS: &str = "ancestor container content contributor favorite favourite label macro mention parent \
    sitesearch space.category space.key space.title space.type watcher";
const KEYWORDS: &[&str] = &["and", "or", "not", "in", "order", "by", "asc", "desc"];

pub(crate) fn query(text: &str) -> Result<Query, Wrong> {
    let mut parser = Parser {
        tokens: tokens(text)?.into_iter().peekable(),
        // What is not modelled is told only when the rest turned out to be right.
        not_modelled: None,
    };
    let condition = parser.any()?;
    let order = match parser.takes_word("order") {
        true => parser.order()?,
        false => Vec::new(),
    };
    if parser.tokens.next().is_some() {
        return Err(Wrong::Syntax);
    }
    match parser.not_modelled {
        Some(what) => Err(Wrong::NotModelled(what)),
        None => Ok(Query { condition, order }),
    }
}

struct Parser {
    tokens: Peekable<IntoIter<Token>>,
    not_modelled: Option<String>,
}

/// A value as it is written.
enum Value {
    Text(String),
    Function(String),
}

impl Parser {
    fn any(&mut self) -> Result<Condition, Wrong> {
        let mut parts = vec![self.all()?];
        while self.takes_word("or") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, Wrong> {
        let mut parts = vec![self.part()?];
        while self.takes_word("and") {
            parts.push(self.part()?);
        }
        // What is quickly told comes first.
        parts.sort_by_key(|part| !matches!(part, Condition::Test(test) if !test.reads_text()));
        Ok(one_or(parts, Condition::All))
    }

    fn part(&mut self) -> Result<Condition, Wrong> {
        if self.takes_word("not") {
            return Ok(Condition::Not(Box::new(self.part()?)));
        }
        if self.takes(&Token::Open) {
            let inside = self.any()?;
            self.needs(&Token::Close)?;
            return Ok(inside);
        }
        self.clause()
    }

    fn clause(&mut self) -> Result<Condition, Wrong> {
        let field = self.field()?;
        let (operator, values) = match self.tokens.next() {
            Some(Token::Operator(sign)) => (sign, vec![self.value()?]),
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("in") => ("=", self.values()?),
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("not") => {
                if !self.takes_word("in") {
                    return Err(Wrong::Syntax);
                }
                ("!=", self.values()?)
            }
            _ => return Err(Wrong::Syntax),
        };
        let mut texts = Vec::new();
        for value in values {
            match value {
                Value::Text(text) => texts.push(text),
                Value::Function(name) => self.does_not_model(format!("the function {name}()")),
            }
        }
        let positive = match operator {
            "!=" => "=",
            "!~" => "~",
            other => other,
        };
        let test = match self.test(&field, positive, texts) {
            Err(Wrong::NotModelled(what)) => {
                self.does_not_model(what);
                // Stands in its place until that is told.
                Test::Id(Vec::new())
            }
            other => other?,
        };
        let test = Condition::Test(test);
        Ok(if positive == operator {
            test
        } else {
            Condition::Not(Box::new(test))
        })
    }

    fn test(&self, field: &str, operator: &str, texts: Vec<String>) -> Result<Test, Wrong> {
        let single = texts.first().map_or("", String::as_str);
        let refused = || {
            Err(Wrong::Refused(format!(
                "The operator '{operator}' is not supported for the field '{field}'"
            )))
        };
        Ok(match (field, operator) {
            // Only a function stands there.
            _ if texts.is_empty() => Test::Id(Vec::new()),
            ("type", "=") => {
                let kinds: Result<Vec<Kind>, Wrong> = texts.iter().map(|text| kind(text)).collect();
                Test::Type(kinds?)
            }
            ("space", "=") => Test::Space(texts),
            ("id", "=") => Test::Id(texts),
            ("creator", "=") => Test::Creator(texts),
            ("user" | "user.accountid", "=") => Test::Account(texts),
            ("title", "=") if texts.len() == 1 => Test::TitleIs(single.to_lowercase()),
            ("title" | "user.fullname", "~") => Test::TitleHas(Words::parse(single)?),
            ("text", "~") => Test::TextHas(Words::parse(single)?),
            ("created" | "lastmodified", sign) => {
                let comparison = match sign {
                    "<" => Comparison::Before,
                    "<=" => Comparison::AtOrBefore,
                    ">" => Comparison::After,
                    ">=" => Comparison::AtOrAfter,
                    "=" => return Err(Wrong::NotModelled("'=' on times".to_owned())),
                    _ => return refused(),
                };
                let minute = Minute::parse(single).ok_or_else(|| {
                    Wrong::Refused(format!(
                        "The date '{single}' of the field '{field}' is invalid"
                    ))
                })?;
                Test::Time(time(field), comparison, minute)
            }
            ("type" | "space" | "id" | "creator" | "user" | "user.accountid", _) => {
                return refused();
            }
            ("title" | "user.fullname" | "text", _) => return refused(),
            (other, _) if OTHER_FIELDS.split(' ').any(|known| known == other) => {
                return Err(Wrong::NotModelled(format!("the field '{other}'")));
            }
            (other, _) => {
                return Err(Wrong::Refused(format!(
                    "No field exists with the name: '{other}'"
                )));
            }
        })
    }

    fn order(&mut self) -> Result<Vec<(Order, Direction)>, Wrong> {
        if !self.takes_word("by") {
            return Err(Wrong::Syntax);
        }
        let mut order = Vec::new();
        loop {
            let field = self.field()?;
            let direction = if self.takes_word("desc") {
                Direction::Descending
            } else {
                self.takes_word("asc");
                Direction::Ascending
            };
            match field.as_str() {
                "created" | "lastmodified" => order.push((Order::By(time(&field)), direction)),
                "title" => order.push((Order::Title, direction)),
                other => self.does_not_model(format!("an order by '{other}'")),
            }
            if !self.takes(&Token::Comma) {
                return Ok(order);
            }
        }
    }

    /// A field's name, in lower case.
    fn field(&mut self) -> Result<String, Wrong> {
        match self.tokens.next() {
            Some(Token::Word(word)) if !is_keyword(&word) => Ok(word.to_lowercase()),
            _ => Err(Wrong::Syntax),
        }
    }

    fn value(&mut self) -> Result<Value, Wrong> {
        match self.tokens.next() {
            Some(Token::Quoted(text)) => Ok(Value::Text(text)),
            Some(Token::Word(word)) if is_keyword(&word) => Err(Wrong::Syntax),
            Some(Token::Word(name)) if self.tokens.peek() == Some(&Token::Open) => {
                self.arguments()?;
                Ok(Value::Function(name))
            }
            Some(Token::Word(word)) => Ok(Value::Text(word)),
            _ => Err(Wrong::Syntax),
        }
    }

    /// What stands in parentheses.
    fn values(&mut self) -> Result<Vec<Value>, Wrong> {
        self.needs(&Token::Open)?;
        self.values_up_to_the_end()
    }

    fn values_up_to_the_end(&mut self) -> Result<Vec<Value>, Wrong> {
        let mut values = vec![self.value()?];
        while self.takes(&Token::Comma) {
            values.push(self.value()?);
        }
        self.needs(&Token::Close)?;
        Ok(values)
    }

    /// Reads over the arguments of a function.
    fn arguments(&mut self) -> Result<(), Wrong> {
        self.needs(&Token::Open)?;
        if !self.takes(&Token::Close) {
            self.values_up_to_the_end()?;
        }
        Ok(())
    }

    fn takes(&mut self, token: &Token) -> bool {
        self.tokens.next_if_eq(token).is_some()
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_it =
            |token: &Token| matches!(token, Token::Word(known) if known.eq_ignore_ascii_case(word));
        self.tokens.next_if(is_it).is_some()
    }

    fn needs(&mut self, token: &Token) -> Result<(), Wrong> {
        self.takes(token).then_some(()).ok_or(Wrong::Syntax)
    }

    fn does_not_model(&mut self, what: String) {
        self.not_modelled.get_or_insert(what);
    }
}

impl Test {
    fn reads_text(&self) -> bool {
        matches!(
            self,
            Self::TitleIs(_) | Self::TitleHas(_) | Self::TextHas(_)
        )
    }
}

fn one_or(mut parts: Vec<Condition>, several: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.len() {
        1 => parts.remove(0),
        _ => several(parts),
    }
}

fn kind(text: &str) -> Result<Kind, Wrong> {
    match text.to_lowercase().as_str() {
        "page" => Ok(Kind::Page),
        "blogpost" => Ok(Kind::BlogPost),
        "comment" => Ok(Kind::Comment),
        "attachment" => Ok(Kind::Attachment),
        "space" => Ok(Kind::Space),
        "user" => Ok(Kind::User),
        other => {
            let node = NodeKind::ALL
                .into_iter()
                .find(|kind| kind.as_str() == other);
            node.map(Kind::Node)
                .ok_or_else(|| Wrong::Refused(format!("There is no type '{other}'")))
        }
    }
}

fn time(field: &str) -> Time {
    match field {
        "created" => Time::Created,
        _ => Time::LastModified,
    }
}

fn is_keyword(word: &str) -> bool {
    KEYWORDS
        .iter()
        .any(|keyword| keyword.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_from_what_is_not_modelled() {
        for text in [
            "",
            "type",
            "type =",
            "type = page and",
            "type = page title ~ x",
            "(type = page",
            "type = page)",
            "title ~ \"open",
            "title ~ 'open\"",
            "title ~ \"x\\",
            "space in ENG",
            "space in ()",
            "space in (ENG,)",
            "order by title",
            "type = page order title",
            "type = page order by",
            "type = and",
            "= page",
            "label = x and",
            "title ~ x*",
        ] {
            assert_eq!(query(text), Err(Wrong::Syntax), "{text}");
        }
        for text in [
            "status = current",
            "type = sheep",
            "type > page",
            "space ~ ENG",
            "text = x",
            "title ~ \"\"",
            "created > yesterday",
            "created > \"2026-02-30\"",
            "created ~ \"2026-02-03\"",
            "label = x and status = y",
        ] {
            assert!(matches!(query(text), Err(Wrong::Refused(_))), "{text}");
        }
        for text in [
            "label = x",
            "created > now(\"-4w\")",
            "creator = currentUser()",
            "type = page order by space",
            "title ~ \"a OR b\"",
            "title ~ \"a?c\"",
            "created = \"2026-02-03\"",
        ] {
            assert!(matches!(query(text), Err(Wrong::NotModelled(_))), "{text}");
        }
    }

    #[test]
    fn conditions_bind_as_they_should() {
        let id = |id: &str| Condition::Test(Test::Id(vec![id.to_owned()]));
        let parsed = query("id = 1 and id=2 OR not (id != \"3\")").expect("a query");
        let wanted = Condition::Any(vec![
            Condition::All(vec![id("1"), id("2")]),
            Condition::Not(Box::new(Condition::Not(Box::new(id("3"))))),
        ]);
        assert_eq!(parsed.condition, wanted);
    }

    #[test]
    fn quotes_and_times_are_read() {
        let spaces = query(r#"space not in ("a\"b", 'c"d\\', ~x)"#);
        assert_eq!(spaces, Err(Wrong::Syntax), "a tilde has to be quoted");
        let spaces = query(r#"space in ("a\"b", 'c"d\\', "~x")"#).expect("a query");
        let keys = [r#"a"b"#, r#"c"d\"#, "~x"].map(str::to_owned).to_vec();
        assert_eq!(spaces.condition, Condition::Test(Test::Space(keys)));
        let minutes = ["2026-11-01", "2026/11/01", "2026-11-01 00:00"].map(Minute::parse);
        assert_eq!(minutes, [Some(Minute(29_891_520)); 3]);
        assert_eq!(Minute::parse("2026-11-01 10:30"), Some(Minute(29_892_150)));
    }
}
