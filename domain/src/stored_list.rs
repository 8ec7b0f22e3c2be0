//! Lists that are kept beside what they were said with, as one text.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A list in the order in which it was written. Stored as JSON; nothing for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredList<T>(pub Vec<T>);

impl<T> Default for StoredList<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Serialize> StoredList<T> {
    /// As it is stored.
    pub fn to_stored(&self) -> String {
        if self.0.is_empty() { String::new() } else { serde_json::to_string(&self.0).unwrap_or_default() }
    }
}

impl<T: DeserializeOwned> StoredList<T> {
    /// What was stored.
    ///
    /// # Errors
    /// What was stored cannot be read.
    pub fn stored(text: &str) -> Result<Self, serde_json::Error> {
        if text.is_empty() { Ok(Self::default()) } else { Ok(Self(serde_json::from_str(text)?)) }
    }
}

#[cfg(feature = "sql")]
mod sql {
    use super::StoredList;
    use diesel::backend::Backend;
    use diesel::deserialize::{FromSql, Queryable};
    use diesel::sql_types::Text;
    use serde::de::DeserializeOwned;

    impl<T: DeserializeOwned, DB> FromSql<Text, DB> for StoredList<T>
    where
        DB: Backend,
        String: FromSql<Text, DB>,
    {
        fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
            Ok(Self::stored(&<String as FromSql<_, DB>>::from_sql(bytes)?)?)
        }
    }

    impl<T, DB> Queryable<Text, DB> for StoredList<T>
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
