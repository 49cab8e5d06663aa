//! What an operation can be asked, and the asking checked.

use crate::server::answer::Refusal;
use jiff::Timestamp;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    pub name: &'static str,
    pub kind: Kind,
}

/// What a parameter takes. Lists come comma-separated, repeated, or both.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Text,
    Integer,
    Flag,
    Choice(&'static [&'static str]),
    /// One of these, from the beginning, or with a minus before it from the end.
    Sort(&'static [&'static str]),
    Choices(&'static [&'static str]),
    Integers {
        most: usize,
    },
    Texts {
        most: usize,
    },
    Limit {
        default: usize,
        most: usize,
    },
    /// A limit that is lowered to the most there is.
    LoweredLimit {
        default: usize,
        most: usize,
    },
    /// A number of 32 bits from 0 on.
    Natural,
    /// Checked by the paging.
    Cursor,
    /// Not in the query but in the body, and read by the operation itself.
    Question,
}

impl Parameter {
    pub(crate) const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind }
    }

    fn is_called(&self, name: &str) -> bool {
        self.name == name && !matches!(self.kind, Kind::Question)
    }
}

pub(crate) const QUESTION: Parameter = Parameter::new("body", Kind::Question);
pub(crate) const CURSOR: Parameter = Parameter::new("cursor", Kind::Cursor);
/// As nearly all listings have it.
pub(crate) const LIMIT: Parameter = limit("limit", 25, 250);

/// A number from 1 to the most there is.
pub(crate) const fn limit(name: &'static str, default: usize, most: usize) -> Parameter {
    Parameter::new(name, Kind::Limit { default, most })
}

#[derive(Clone, Debug)]
enum Value {
    Text(String),
    Integer(i64),
    Flag(bool),
    Integers(Vec<i64>),
    Texts(Vec<String>),
}

/// What a parameter is given, by the kind of its value; nothing where it is left to its default.
macro_rules! values {
    ($($name:ident: $kind:ident($given:ident) -> $type:ty = $value:expr;)*) => {$(
        pub(crate) fn $name(&self, name: &str) -> Option<$type> {
            match self.get(name)? {
                Value::$kind($given) => Some($value),
                _ => None,
            }
        }
    )*};
}

/// The checked parameters of a request.
#[derive(Debug, Default)]
pub(crate) struct Arguments(Vec<(&'static str, Value)>);

impl Arguments {
    pub(crate) fn check(
        parameters: &'static [Parameter],
        pairs: &[(String, String)],
    ) -> Result<Self, Refusal> {
        if let Some((name, _)) = pairs
            .iter()
            .find(|(name, _)| !parameters.iter().any(|known| known.is_called(name)))
        {
            return Err(Refusal::BadParameter(format!(
                "Unknown query parameter: {name}"
            )));
        }
        let mut arguments = Self::default();
        for parameter in parameters {
            let given: Vec<&str> = pairs
                .iter()
                .filter(|(name, _)| name == parameter.name)
                .map(|(_, value)| value.as_str())
                .collect();
            if let Some(value) = value(parameter, &given)? {
                arguments.0.push((parameter.name, value));
            }
        }
        Ok(arguments)
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    values! {
        text: Text(text) -> &str = text;
        integer: Integer(number) -> i64 = *number;
        flag: Flag(flag) -> bool = *flag;
        integers: Integers(numbers) -> &[i64] = numbers;
        texts: Texts(texts) -> &[String] = texts;
    }

    /// A number that is none below zero.
    pub(crate) fn count(&self, name: &str) -> Option<usize> {
        self.integer(name)?.try_into().ok()
    }

    /// Whether a text is one that a parameter asks for; where it asks for nothing, any is.
    pub(crate) fn admits(&self, name: &str, text: Option<&str>) -> bool {
        match self.get(name) {
            Some(Value::Texts(asked)) => {
                text.is_some_and(|text| asked.iter().any(|asked| asked == text))
            }
            Some(Value::Text(asked)) => text == Some(asked),
            _ => true,
        }
    }

    pub(crate) fn admits_id(&self, name: &str, id: u64) -> bool {
        self.integers(name).is_none() || self.names_id(name, id)
    }

    /// Whether a parameter asks for an id, among others.
    pub(crate) fn names_id(&self, name: &str, id: u64) -> bool {
        let asked = self.integers(name).unwrap_or_default();
        i64::try_from(id).is_ok_and(|id| asked.contains(&id))
    }

    /// Whether a time lies between two parameters, in milliseconds since 1970 and with both ends. What has no time is in
    /// no span but the one without ends.
    pub(crate) fn admits_time(&self, from: &str, to: &str, time: Option<Timestamp>) -> bool {
        let (from, to) = (self.integer(from), self.integer(to));
        match time.map(Timestamp::as_millisecond) {
            Some(time) => from.is_none_or(|from| from <= time) && to.is_none_or(|to| time <= to),
            None => from.is_none() && to.is_none(),
        }
    }

    /// A list of ids; none can be negative, so a negative one names nothing.
    pub(crate) fn ids(&self, name: &str) -> Option<impl Iterator<Item = u64>> {
        Some(
            self.integers(name)?
                .iter()
                .filter_map(|&id| u64::try_from(id).ok()),
        )
    }
}

fn value(parameter: &Parameter, given: &[&str]) -> Result<Option<Value>, Refusal> {
    let name = parameter.name;
    let bad = |why: String| {
        Err(Refusal::BadParameter(format!(
            "Invalid value for parameter '{name}': {why}"
        )))
    };
    let Some(&first) = given.first() else {
        return Ok(match parameter.kind {
            Kind::Limit { default, .. } | Kind::LoweredLimit { default, .. } => {
                Some(Value::Integer(default as i64))
            }
            _ => None,
        });
    };
    let is_list = matches!(
        parameter.kind,
        Kind::Choices(_) | Kind::Integers { .. } | Kind::Texts { .. }
    );
    if given.len() > 1 && !is_list {
        return bad("given more than once".to_owned());
    }
    let items = || given.iter().flat_map(|value| value.split(','));
    Ok(Some(match parameter.kind {
        Kind::Text | Kind::Cursor => Value::Text(first.to_owned()),
        Kind::Integer => match first.parse() {
            Ok(number) => Value::Integer(number),
            Err(_) => return bad(format!("{first} is no integer")),
        },
        Kind::Limit { most, .. } => match first.parse::<i64>() {
            Ok(number) if (1..=most as i64).contains(&number) => Value::Integer(number),
            _ => return bad(format!("{first} is not within 1 and {most}")),
        },
        Kind::Natural => match first.parse::<i32>() {
            Ok(number) if number >= 0 => Value::Integer(number.into()),
            _ => return bad(format!("{first} is not within 0 and {}", i32::MAX)),
        },
        Kind::LoweredLimit { most, .. } => match first.parse::<i32>() {
            // Nobody knows what live sites take it for.
            Ok(0) => return Err(Refusal::not_modelled(format!("model '{name}'"))),
            Ok(number) if number > 0 => Value::Integer(i64::from(number).min(most as i64)),
            _ => return bad(format!("{first} is not within 0 and {}", i32::MAX)),
        },
        Kind::Flag => match first {
            "true" => Value::Flag(true),
            "false" => Value::Flag(false),
            _ => return bad(format!("{first} is neither true nor false")),
        },
        Kind::Question => return Ok(None),
        Kind::Choice(known) if known.contains(&first) => Value::Text(first.to_owned()),
        Kind::Choice(known) => return bad(format!("{first} is none of {}", known.join(", "))),
        Kind::Sort(known) if known.contains(&first.strip_prefix('-').unwrap_or(first)) => {
            Value::Text(first.to_owned())
        }
        Kind::Sort(known) => {
            let known: Vec<String> = known.iter().map(|by| format!("{by}, -{by}")).collect();
            return bad(format!("{first} is none of {}", known.join(", ")));
        }
        Kind::Choices(known) => match items().find(|item| !known.contains(item)) {
            Some(unknown) => return bad(format!("{unknown} is none of {}", known.join(", "))),
            None => Value::Texts(items().map(str::to_owned).collect()),
        },
        Kind::Integers { most } => {
            let numbers: Result<Vec<i64>, _> = items().map(str::parse).collect();
            match numbers {
                Ok(numbers) if numbers.len() > most => {
                    return bad(format!("more than {most} values"));
                }
                Ok(numbers) => Value::Integers(numbers),
                Err(_) => return bad("not a list of integers".to_owned()),
            }
        }
        Kind::Texts { most } => match items().count() {
            count if count > most => return bad(format!("more than {most} values")),
            _ if items().any(str::is_empty) => return bad("an empty value".to_owned()),
            _ => Value::Texts(items().map(str::to_owned).collect()),
        },
    }))
}
