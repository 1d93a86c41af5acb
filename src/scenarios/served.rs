//! What can be called: the operations of both APIs that are served, and those of the vendor's
//! reference that are not simulated. A step's call is held against them when its file is read.
//!
//! A part of a path that holds a reference may be any part.

use std::sync::LazyLock;

use serde_json::Value as Json;

use super::fitting::{self, Members, Misfit};
use crate::app::api_document;
use crate::http::openapi::ApiDocument;
use crate::http::operations::Operations;
use crate::kernel::catalogue;
use crate::kernel::nearest::nearest;
use crate::programs::faults::FaultRule;
use crate::programs::faults::rule::path_parts;

/// Calls of the vendor that belong to no program.
const OUTSIDE: &[&str] = &["/programs/", "/authentication", "/healthcheck", "/ping", "/baas/"];
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
    SERVED.problem(method, (path, &control_path(path, ANY)), Operation::is_control)
}

/// The names of the parameters of a documented path.
pub(super) fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// Where the body of a control call is not one that its operation takes.
pub(super) fn control_misfit(method: &str, path: &str, body: &Json) -> Option<Misfit> {
    let whole = control_path(path, ANY);
    let called = SERVED.at(&whole, Operation::is_control).find(|one| one.method == method)?;
    fitting::misfit(&SERVED.schemas, called.body.as_ref()?, body, Members::All)
}

/// Where a change of settings names what settings do not have.
pub(super) fn settings_misfit(change: &Json) -> Option<Misfit> {
    fitting::misfit(&SERVED.schemas, SERVED.schemas.get(SETTINGS)?, change, Members::Part)
}

/// Why a fault rule can never strike. A rule with a path may name its program there, and is left to
/// the program.
pub(super) fn fault_problem(rule: &FaultRule) -> Option<String> {
    let program = rule.matching.path.is_none().then(|| "any".parse().ok())??;
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
        let mut own = path_parts(&self.path);
        let may_be = |own: &str, part: &str| {
            own.starts_with('{') || part.contains("${") || own.eq_ignore_ascii_case(part)
        };
        path_parts(written).all(|part| own.next().is_some_and(|own| may_be(own, part)))
            && own.next().is_none()
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
        let path = whole.split('?').next().unwrap_or_default().to_owned();
        self.all.iter().filter(move |one| of_api(one) && one.is_at(&path))
    }

    fn problem(
        &self,
        method: &str,
        (written, whole): (&str, &str),
        of_api: impl Fn(&Operation) -> bool,
    ) -> Option<String> {
        let mut methods: Vec<&str> =
            self.at(whole, &of_api).map(|one| one.method.as_str()).collect();
        if methods.contains(&method) {
            return None;
        }
        let written = written.split('?').next().unwrap_or_default();
        if !methods.is_empty() {
            methods.sort_unstable();
            methods.dedup();
            return Some(format!("{written} is called with {}, not {method}", methods.join(", ")));
        }
        let all = self.all.iter().filter(|one| of_api(one));
        let forms: Vec<(String, &str)> = all.map(|one| (form(one.shown()), one.shown())).collect();
        let near = nearest(&form(written), forms.iter().map(|(form, _)| form.as_str()));
        let near = near.and_then(|near| forms.iter().find(|(form, _)| form == near));
        let near = near.map(|(_, shown)| format!("; did you mean {shown}?")).unwrap_or_default();
        Some(format!("there is no {written}{near}"))
    }
}

/// A path with all parameters and references alike.
fn form(path: &str) -> String {
    let alike = |part| if str::contains(part, '{') { "{}" } else { part };
    path.split('/').map(alike).collect::<Vec<_>>().join("/")
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
        ] {
            assert_eq!(control_problem(method, path), None, "{method} {path}");
        }
    }

    #[test]
    fn what_is_not_served_is_told_with_what_is_nearest() {
        let vendor = |method, path| vendor_problem(method, path).unwrap_or_default();
        let near = "there is no /acounts/${a.b}; did you mean /accounts/{accountIdentifier}?";
        assert_eq!(vendor("GET", "/acounts/${a.b}"), near);
        let other = "/accounts/${a.b} is called with GET, POST, PUT, not DELETE";
        assert_eq!(vendor("DELETE", "/accounts/${a.b}"), other);
        assert!(vendor("GET", "/_sim/v1/event-types").starts_with("there is no"));
        let near = "there is no /clock/advanse; did you mean /clock/advance?";
        assert_eq!(control_problem("POST", "/clock/advanse").as_deref(), Some(near));
    }
}
