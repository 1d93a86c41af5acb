//! What can be called: the operations of both APIs that are served, and those of the vendor's
//! reference that are not simulated. A step's call is held against them when its file is read.
//!
//! A part of a path that holds a reference may be any part. The vendor's paths are read as its
//! server reads them; those of the control API exactly.

use std::str::FromStr as _;
use std::sync::LazyLock;

use serde_json::Value as Json;

use super::fitting::{self, Members, Misfit};
use super::stand_ins::refers;
use crate::app::api_document;
use crate::http::openapi::ApiDocument;
use crate::http::operations::Operations;
use crate::kernel::catalogue;
use crate::kernel::ids::ProgramCode;
use crate::kernel::nearest::nearest;
use crate::programs::faults::FaultRule;
use crate::programs::faults::rule::path_parts;

/// Calls of the vendor that belong to no program.
const OUTSIDE: &[&str] = &["/programs/", "/authentication", "/healthcheck", "/ping", "/baas/"];
/// What the vendor puts before its paths, and may be left out.
const BASE: &str = "/baas/v1";
/// Where control calls stand. The documents beside them are not told by the OpenAPI document.
const CONTROL: &str = "/_sim/v1/";
/// Where control calls about a program stand.
const PROGRAMS: &str = "/_sim/v1/programs/";
/// The settings of a program, among the schemas.
const SETTINGS: &str = "Settings";

static SERVED: LazyLock<Served> = LazyLock::new(|| Served::of(&api_document()));

/// The whole path of a vendor call, which is below the program unless it says otherwise.
pub(super) fn vendor_path(path: &str, program: &str) -> String {
    let lower = path.to_ascii_lowercase();
    match OUTSIDE.iter().any(|start| lower.starts_with(start)) {
        true => path.to_owned(),
        false => format!("/programs/{program}{path}"),
    }
}

/// The whole path of a control call, which is below the program unless it says otherwise.
pub(super) fn control_path(path: &str, program: &str) -> String {
    match path {
        "/" => format!("{PROGRAMS}{program}"),
        whole if whole.starts_with("/_sim/") => whole.to_owned(),
        rest => format!("{PROGRAMS}{program}{rest}"),
    }
}

/// Why no call of the vendor's API is written so.
pub(super) fn vendor_problem(method: &str, path: &str) -> Option<String> {
    SERVED.problem(method, (path, &vendor_path(path, ANY)), |one| !one.is_control())
}

/// Why no call of the control API is written so.
pub(super) fn control_problem(method: &str, path: &str) -> Option<String> {
    let whole = control_path(path, ANY);
    let is_told = whole.starts_with(CONTROL);
    is_told.then(|| SERVED.problem(method, (path, &whole), Operation::is_control)).flatten()
}

/// The name of a parameter, if a part of a documented path is one.
pub(super) fn parameter(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

/// The names of the parameters of a documented path.
pub(super) fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(parameter)
}

/// What a control call takes as its body.
#[derive(Debug, Clone, Copy)]
pub(super) enum Taken {
    /// Settings of a program, all or some.
    Settings,
    /// A fault rule.
    FaultRule,
    /// One thing that the outside world does.
    Action,
    /// What a schema tells.
    Documented(&'static Json),
}

/// What the body of a control call is, unless it takes none or the call may be one of several.
pub(super) fn control_body(method: &str, path: &str) -> Option<Taken> {
    let whole = control_path(path, ANY);
    let mut called = SERVED.at(&whole, Operation::is_control).filter(|one| one.method == method);
    let (Some(only), None) = (called.next(), called.next()) else { return None };
    match (method, only.shown()) {
        ("PUT", "/") => Some(Taken::Settings),
        ("POST", "/faults") => Some(Taken::FaultRule),
        ("POST", "/accounts/{accountIdentifier}/actions") => Some(Taken::Action),
        _ => only.body.as_ref().map(Taken::Documented),
    }
}

/// Where a body is not like its schema.
pub(super) fn body_misfit(schema: &Json, body: &Json) -> Option<Misfit> {
    fitting::misfit(&SERVED.schemas, schema, body, Members::All)
}

/// Where a change of settings names what settings do not have.
pub(super) fn settings_misfit(change: &Json) -> Option<Misfit> {
    fitting::misfit(&SERVED.schemas, SERVED.schemas.get(SETTINGS)?, change, Members::Part)
}

/// Why a fault rule can never strike. A rule with a path may name its program there, and is left to
/// the program.
pub(super) fn fault_problem(rule: &FaultRule) -> Option<String> {
    if rule.matching.path.is_some() {
        return None;
    }
    let program = ProgramCode::from_str("any").ok()?;
    SERVED.operations.problem(rule, &program)
}

/// A part of a path that may be any.
const ANY: &str = "${program}";

struct Operation {
    method: String,
    path: String,
    /// The schema of its body, if it takes JSON.
    body: Option<Json>,
}

struct Served {
    all: Vec<Operation>,
    /// Those of the vendor's API, as fault rules know them.
    operations: Operations,
    schemas: Json,
}

impl Operation {
    fn is_control(&self) -> bool {
        self.path.starts_with("/_sim/")
    }

    fn is_at(&self, written: &str) -> bool {
        if self.is_control() {
            let (own, parts) = (self.path.split('/'), written.split('/'));
            return are_alike(own, parts, |own, part| own == part);
        }
        are_alike(path_parts(&self.path), path_parts(written), str::eq_ignore_ascii_case)
    }

    /// As a scenario writes it that writes whole paths or does not.
    fn shown_as(&self, is_whole: bool) -> &str {
        if is_whole { &self.path } else { self.shown() }
    }

    /// As a scenario writes it.
    fn shown(&self) -> &str {
        let below = ["/programs/{programCode}", "/_sim/v1/programs/{code}"];
        let short = below.iter().find_map(|start| self.path.strip_prefix(start));
        short.map_or(self.path.as_str(), |rest| if rest.is_empty() { "/" } else { rest })
    }
}

impl Served {
    fn of(document: &ApiDocument) -> Self {
        let served = document.operations().map(|(path, method, operation)| Operation {
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            body: operation.pointer("/requestBody/content/application~1json/schema").cloned(),
        });
        let documented = catalogue::banking().map(|(_, operation)| Operation {
            method: operation.method.as_str().to_owned(),
            path: operation.path.to_owned(),
            body: None,
        });
        Self {
            all: served.chain(documented).collect(),
            operations: Operations::of(document),
            schemas: document.schemas().clone(),
        }
    }

    fn at(
        &self,
        whole: &str,
        of_api: impl Fn(&Operation) -> bool,
    ) -> impl Iterator<Item = &Operation> {
        let path = path_only(whole).to_owned();
        self.all.iter().filter(move |one| of_api(one) && one.is_at(&path))
    }

    fn problem(
        &self,
        method: &str,
        (written, whole): (&str, &str),
        of_api: impl Fn(&Operation) -> bool,
    ) -> Option<String> {
        if let Some(part) = path_only(written).split('/').find(|part| parameter(part).is_some()) {
            return Some(format!("{part} stands for a value, as ${{ann.account}} is"));
        }
        let mut methods: Vec<&str> =
            self.at(whole, &of_api).map(|one| one.method.as_str()).collect();
        if methods.contains(&method) {
            return None;
        }
        let written = path_only(written);
        if !methods.is_empty() {
            methods.sort_unstable();
            methods.dedup();
            return Some(format!("{written} is called with {}, not {method}", methods.join(", ")));
        }
        let is_whole = written == path_only(whole);
        let all = self.all.iter().filter(|one| of_api(one)).map(|one| one.shown_as(is_whole));
        let near = near(written, all).map(|near| format!("; did you mean {near}?"));
        Some(format!("there is no {written}{}", near.unwrap_or_default()))
    }
}

fn path_only(text: &str) -> &str {
    text.split('?').next().unwrap_or_default()
}

/// Whether the parts of a path may be those of a documented one: a parameter may be any, and so may
/// a part that holds a reference.
fn are_alike<'a>(
    mut documented: impl Iterator<Item = &'a str>,
    mut written: impl Iterator<Item = &'a str>,
    same: impl Fn(&str, &str) -> bool,
) -> bool {
    let may_be = |own: &str, part: &str| {
        same(own, part) || refers(part) || (parameter(own).is_some() && !part.is_empty())
    };
    written.all(|part| documented.next().is_some_and(|own| may_be(own, part)))
        && documented.next().is_none()
}

/// The documented path that is nearest to a written one, whatever stands for its parameters.
fn near<'a>(written: &str, documented: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let start = written.get(..BASE.len()).filter(|start| start.eq_ignore_ascii_case(BASE));
    let written = &written[start.map_or(0, str::len)..];
    let forms: Vec<(String, &str)> = documented.map(|path| (filled(path, written), path)).collect();
    let near = nearest(written, forms.iter().map(|(form, _)| form.as_str()))?;
    forms.iter().find(|(form, _)| form == near).map(|(_, path)| *path)
}

/// A documented path with the parts of a written one for its parameters.
fn filled(documented: &str, written: &str) -> String {
    let mut parts = written.split('/');
    let fill = |own| {
        let part = parts.next().filter(|part| !part.is_empty() && parameter(own).is_some());
        part.unwrap_or(own)
    };
    documented.split('/').map(fill).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_that_are_served_with_references_for_any_part() {
        for (method, path) in [
            ("GET", "/accounts/${ann.account}?x=${y}"),
            ("GET", "/Accounts/1/transactions?limit=1"),
            ("GET", "/${what}/${ann.account}"),
            ("POST", "/authentication"),
            ("GET", "/programs/other/accounts/1"),
            ("GET", "/baas/v1/programs/other/accounts/1"),
        ] {
            assert_eq!(vendor_problem(method, path), None, "{method} {path}");
        }
        for (method, path) in [
            ("GET", "/"),
            ("GET", "/accounts?status=pending"),
            ("POST", "/snapshots/${name}/restore"),
            ("GET", "/_sim/v1/event-types"),
            ("GET", "/_sim/openapi.json"),
            ("GET", "/_sim/docs"),
        ] {
            assert_eq!(control_problem(method, path), None, "{method} {path}");
        }
    }

    #[test]
    fn the_body_of_a_call_that_may_be_one_of_several_is_not_known() {
        assert!(matches!(control_body("PUT", "/"), Some(Taken::Settings)));
        assert!(matches!(control_body("POST", "/faults"), Some(Taken::FaultRule)));
        let act = control_body("POST", "/accounts/${ann.account}/actions");
        assert!(matches!(act, Some(Taken::Action)));
        let encrypt = control_body("POST", "/crypto/encrypt?x=1");
        assert!(matches!(encrypt, Some(Taken::Documented(_))));
        assert!(control_body("POST", "/crypto/${how}").is_none());
        assert!(control_body("GET", "/accounts").is_none());
    }

    #[test]
    fn what_is_not_served_is_told_with_what_is_nearest() {
        let vendor = |method, path| vendor_problem(method, path).unwrap_or_default();
        let near = "there is no /acounts/${a.b}; did you mean /accounts/{accountIdentifier}?";
        assert_eq!(vendor("GET", "/acounts/${a.b}"), near);
        let other = "/accounts/${a.b} is called with GET, POST, PUT, not DELETE";
        assert_eq!(vendor("DELETE", "/accounts/${a.b}"), other);
        assert!(vendor("GET", "/_sim/v1/event-types").starts_with("there is no"));
        let near = "did you mean /programs/{programCode}/accounts/{accountIdentifier}?";
        for whole in ["/programs/wf/acounts/${a.b}", "/baas/v1/programs/wf/acounts/${a.b}"] {
            assert!(vendor("GET", whole).ends_with(near), "{}", vendor("GET", whole));
        }
        let near = "did you mean /accounts/{accountIdentifier}?";
        let literal = "/acounts/3f2504e0-4f89-41d3-9a0c-0305e82c3301";
        assert!(vendor("GET", literal).ends_with(near), "{}", vendor("GET", literal));
        let parameter = "{accountIdentifier} stands for a value, as ${ann.account} is";
        assert_eq!(vendor("GET", "/accounts/{accountIdentifier}"), parameter);
        let near = "there is no /clock/advanse; did you mean /clock/advance?";
        assert_eq!(control_problem("POST", "/clock/advanse").as_deref(), Some(near));
        for (path, near) in [
            ("/_sim/v1/programs/wf/clok", "/_sim/v1/programs/{code}/clock"),
            ("/Clock", "/clock"),
            ("/clock/", "/clock"),
            ("//clock", "/clock"),
        ] {
            let near = format!("there is no {path}; did you mean {near}?");
            assert_eq!(control_problem("GET", path), Some(near));
        }
    }
}
