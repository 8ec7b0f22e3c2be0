//! Values from a closed list: stored as a short code, shown in words.

use std::fmt;

/// A code that stands in no list we know: a row from a newer version, or a form that was tampered with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{code}” is not a known {kind}")]
pub struct UnknownValue {
    /// What kind of value was expected, in words.
    pub kind: &'static str,
    /// What was found.
    pub code: String,
}

/// A value from a closed list.
pub trait TextValue: Copy + Eq + fmt::Debug + 'static {
    /// Every value, in the order in which people are shown them.
    const ALL: &'static [Self];
    /// The code that is stored and posted.
    fn code(self) -> &'static str;
    /// The words that people see.
    fn words(self) -> &'static str;
    /// The value with this code.
    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.code() == code)
    }
}

/// Defines an enum whose values have a stored code and words for people, in one table.
macro_rules! text_value {
    ($(#[$about:meta])* $name:ident: $kind:literal { $($(#[$note:meta])* $value:ident = $code:literal, $words:literal;)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "sql", derive(diesel::AsExpression, diesel::FromSqlRow))]
        #[cfg_attr(feature = "sql", diesel(sql_type = diesel::sql_types::Text))]
        pub enum $name { $($(#[$note])* #[doc = $words] $value,)+ }

        impl $crate::TextValue for $name {
            const ALL: &'static [Self] = &[$(Self::$value),+];
            fn code(self) -> &'static str { match self { $(Self::$value => $code),+ } }
            fn words(self) -> &'static str { match self { $(Self::$value => $words),+ } }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::TextValue::words(*self))
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownValue;
            fn from_str(code: &str) -> Result<Self, Self::Err> {
                <Self as $crate::TextValue>::from_code(code)
                    .ok_or_else(|| $crate::UnknownValue { kind: $kind, code: code.to_owned() })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::TextValue::code(*self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = String::deserialize(deserializer)?;
                code.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "sql")]
        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                <str as diesel::serialize::ToSql<_, DB>>::to_sql($crate::TextValue::code(*self), out)
            }
        }

        #[cfg(feature = "sql")]
        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let code = <String as diesel::deserialize::FromSql<_, DB>>::from_sql(bytes)?;
                Ok(code.parse()?)
            }
        }
    };
}
pub(crate) use text_value;
