//! Sets of values from a closed list.

use crate::value::{TextValue, UnknownValue};
use std::fmt;
use std::marker::PhantomData;

/// Which values of a closed list of at most 32 there are. Stored as their codes, in the list's order, with blanks between.
pub struct ValueSet<T> {
    bits: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for ValueSet<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for ValueSet<T> {}

impl<T> Default for ValueSet<T> {
    fn default() -> Self {
        Self { bits: 0, of: PhantomData }
    }
}

impl<T> PartialEq for ValueSet<T> {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}

impl<T> Eq for ValueSet<T> {}

impl<T: TextValue> fmt::Debug for ValueSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl<T: TextValue> ValueSet<T> {
    fn bit(value: T) -> u32 {
        T::ALL
            .iter()
            .position(|each| *each == value)
            .and_then(|at| 1_u32.checked_shl(u32::try_from(at).ok()?))
            .unwrap_or(0)
    }

    /// The same with one more.
    #[must_use]
    pub fn with(self, value: T) -> Self {
        Self { bits: self.bits | Self::bit(value), of: PhantomData }
    }

    /// What is in either.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { bits: self.bits | other.bits, of: PhantomData }
    }

    /// Whether a value is in it.
    pub fn contains(self, value: T) -> bool {
        self.bits & Self::bit(value) != 0
    }

    /// Whether nothing is.
    pub fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// What is in it, in the list's order.
    pub fn iter(self) -> impl Iterator<Item = T> {
        T::ALL.iter().copied().filter(move |value| self.contains(*value))
    }

    /// As it is stored: nothing for nothing.
    pub fn to_stored(self) -> String {
        self.iter().map(TextValue::code).collect::<Vec<_>>().join(" ")
    }

    /// What was stored.
    ///
    /// # Errors
    /// A code that we do not know.
    pub fn stored(text: &str) -> Result<Self, UnknownValue> {
        text.split_whitespace()
            .map(|code| {
                T::from_code(code)
                    .ok_or_else(|| UnknownValue { kind: "value of this list", code: code.to_owned() })
            })
            .collect()
    }

    /// The words of what is in it, with commas.
    pub fn words(self) -> String {
        self.iter().map(TextValue::words).collect::<Vec<_>>().join(", ")
    }
}

impl<T: TextValue> FromIterator<T> for ValueSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        values.into_iter().fold(Self::default(), Self::with)
    }
}

impl<T: TextValue> serde::Serialize for ValueSet<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_stored())
    }
}

impl<'de, T: TextValue> serde::Deserialize<'de> for ValueSet<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::stored(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "sql")]
mod sql {
    use super::{TextValue, ValueSet};
    use diesel::backend::Backend;
    use diesel::deserialize::{FromSql, Queryable};
    use diesel::sql_types::Text;

    impl<T: TextValue, DB> FromSql<Text, DB> for ValueSet<T>
    where
        DB: Backend,
        String: FromSql<Text, DB>,
    {
        fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
            Ok(Self::stored(&<String as FromSql<_, DB>>::from_sql(bytes)?)?)
        }
    }

    impl<T: TextValue, DB> Queryable<Text, DB> for ValueSet<T>
    where
        DB: Backend,
        Self: FromSql<Text, DB>,
    {
        type Row = Self;

        fn build(row: Self) -> diesel::deserialize::Result<Self> {
            Ok(row)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reflection::{Trigger, Triggers};

    #[test]
    fn a_set_is_stored_in_the_lists_order_and_read_again() {
        let set: Triggers = [Trigger::Separation, Trigger::OrderBreached].into_iter().collect();
        assert_eq!(set.to_stored(), "order_breached separation");
        assert_eq!(Triggers::stored(&set.to_stored()).unwrap(), set);
        assert_eq!(Triggers::default().to_stored(), "");
        assert!(Triggers::stored("").unwrap().is_empty());
        assert!(Triggers::stored("weather").is_err());
    }

    #[test]
    fn no_list_that_is_kept_as_a_set_is_too_long_for_it() {
        assert!(Trigger::ALL.len() <= 32);
        for trigger in Trigger::ALL {
            assert!(Triggers::default().with(*trigger).contains(*trigger), "{trigger}");
        }
    }
}
