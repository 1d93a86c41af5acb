//! The JSON Schemas of scenario files and seeds, for editors: drawn from the types that read them.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value as Json;

use super::model::Scenario;
use super::seed::Seed;

/// That of a scenario.
pub fn schema() -> Json {
    of::<Scenario>("piebox scenario")
}

/// That of a seed.
pub fn seed_schema() -> Json {
    of::<Seed>("piebox seed")
}

fn of<T: JsonSchema>(title: &str) -> Json {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}
