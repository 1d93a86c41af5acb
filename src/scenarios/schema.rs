//! The JSON Schema of scenario files, for editors: drawn from the types that read them.

use schemars::generate::SchemaSettings;
use serde_json::Value as Json;

use super::model::Scenario;

/// The schema.
pub fn schema() -> Json {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<Scenario>();
    schema.insert("title".to_owned(), "piebox scenario".into());
    schema.to_value()
}
