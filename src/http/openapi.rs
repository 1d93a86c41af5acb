//! The OpenAPI document: generated from the code, finished in one place. What all vendor operations
//! have in common (request id, token, error answers) is added here once, not at each of them.

use serde_json::{Map, Value as Json, json};
use utoipa::openapi::OpenApi;

use super::envelope::{Empty, Envelope};
use utoipa::{PartialSchema, ToSchema};

/// The finished document.
#[derive(Debug, Clone)]
pub struct ApiDocument(Json);

impl ApiDocument {
    /// The paths of the vendor API, as documented.
    pub fn vendor_paths(&self) -> impl Iterator<Item = &str> {
        let paths = self.0["paths"].as_object().into_iter().flat_map(Map::keys);
        paths.map(String::as_str).filter(|path| !path.starts_with("/_sim"))
    }

    /// The operations of the vendor API: path, method in lower case, and what stands there.
    pub fn vendor_operations(&self) -> impl Iterator<Item = (&str, &str, &Json)> {
        self.vendor_paths().flat_map(|path| {
            let methods = self.0["paths"][path].as_object().into_iter().flatten();
            methods.map(move |(method, operation)| (path, method.as_str(), operation))
        })
    }

    /// The operations of both APIs, as [`ApiDocument::vendor_operations`] tells them.
    pub fn operations(&self) -> impl Iterator<Item = (&str, &str, &Json)> {
        let paths = self.0["paths"].as_object().into_iter().flatten();
        paths.flat_map(|(path, methods)| {
            let methods = methods.as_object().into_iter().flatten();
            methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
        })
    }

    /// The schemas that others name.
    pub fn schemas(&self) -> &Json {
        &self.0["components"]["schemas"]
    }

    /// The document itself.
    pub fn into_json(self) -> Json {
        self.0
    }

    /// The document as it is committed: indented, with a line feed at the end.
    pub fn to_text(&self) -> String {
        format!("{:#}\n", self.0)
    }
}

/// Both APIs as one document.
pub fn document(vendor: OpenApi, control: OpenApi) -> ApiDocument {
    let mut document = json!(vendor.merge_from(control));
    document["info"] = json!({
        "title": "piebox",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "The simulated banking API, and the control API under /_sim. Paths of the \
            banking API match in any letter case and also below /baas/v1.",
    });
    document["servers"] = json!([{ "url": "/" }]);
    document["components"]["securitySchemes"] = json!({
        "bearer": { "type": "http", "scheme": "bearer", "description": "POST /authentication" },
        "clientCredentials": { "type": "http", "scheme": "basic" },
        "control": { "type": "http", "scheme": "bearer", "description": "--control-token, if set" },
    });
    document["components"]["schemas"]["Refused"] = refused_schema();
    if let Some(paths) = document["paths"].as_object_mut() {
        // What partners call stands first.
        let control = paths.keys().filter(|path| path.starts_with("/_sim")).cloned();
        for path in control.collect::<Vec<_>>() {
            if let Some(methods) = paths.shift_remove(&path) {
                paths.insert(path, methods);
            }
        }
        for (path, methods) in paths {
            let operations = methods.as_object_mut().into_iter().flat_map(|m| m.values_mut());
            for operation in operations {
                finish(path, operation);
            }
        }
    }
    ApiDocument(document)
}

fn refused_schema() -> Json {
    let _ = <Envelope<Empty> as ToSchema>::name();
    json!(<Envelope<Empty> as PartialSchema>::schema())
}

fn finish(path: &str, operation: &mut Json) {
    if path.starts_with("/_sim") {
        if operation.get("security").is_none() {
            operation["security"] = json!([{}, { "control": [] }]);
        }
        return;
    }
    if operation.get("security").is_none() {
        operation["security"] = json!([{ "bearer": [] }]);
        answer(operation, "401", "The token is missing, wrong, expired or not entitled");
        answer(operation, "409", "4091: an overlapping call was still running");
    }
    if path != "/healthCheck" {
        let parameter = json!({
            "name": "X-GD-RequestId", "in": "header", "required": true,
            "description": "GUID; new for each logical operation, the same for its repetitions",
            "schema": { "type": "string", "format": "uuid" },
        });
        match operation.get_mut("parameters").and_then(Json::as_array_mut) {
            Some(parameters) => parameters.push(parameter),
            None => operation["parameters"] = json!([parameter]),
        }
        answer(
            operation,
            "400",
            "The request is refused; responseDetails and X-Piebox-Explain say why",
        );
    }
}

fn answer(operation: &mut Json, status: &str, description: &str) {
    let refused = json!({ "$ref": "#/components/schemas/Refused" });
    operation["responses"][status] = json!({
        "description": description,
        "content": { "application/json": { "schema": refused } },
    });
}
