//! `docs/api-coverage.md`: every operation of the vendor's reference, and whether it is simulated.

use piebox::domains;
use piebox::http::not_simulated::{Coverage, Standing};
use piebox::http::openapi;
use piebox::kernel::catalogue::{self, FAMILIES, Family, form};
use utoipa::openapi::OpenApi;

use super::demand_none;
use super::pages::{head, hold, row};

/// Operations that are simulated and stand in no family of the reference, with the reason.
const EXTRAS: &[(&str, &str)] = &[
    ("authentication_post", "the token call; the reference lists none, the portal describes it"),
    ("enrollments_put_updateprofile", "described by a guide alone"),
    ("enrollments_put_updateprofile_plural", "the same at the path that other calls suggest"),
    ("enrollments_get_activationlink", "described by a guide alone"),
    (
        "kyc_post_generatedocvdocumentrequest_ofaccount",
        "another path of `kyc_post_generatedocvdocumentrequest`: documents disagree",
    ),
    (
        "ofac_post_createenrollmentofac2_ofuser",
        "another path of `ofac_post_createenrollmentofac2`: documents disagree",
    ),
];

const INTRODUCTION: &str = "\
<!-- Generated from src/kernel/catalogue.rs and the OpenAPI document by scripts/update. -->

# Coverage of the vendor's API

";

const LEGEND: &str = "
- *simulated*: the call does what the vendor's would; where documents disagree or were missing, at
  another path than the one of the table. How well it does is for [rules.md](rules.md) to say.
- *501*: the call is answered in the envelope with code 501/0 once token, request id and program are
  found good. `X-Piebox-Explain` names the operation and what there is in its place.
- *404*: another product of the vendor, with hosts and credentials of its own. Nothing answers.
- Path from: a *guide* of the vendor, the public pages of its *portal*, *second-hand* accounts of
  them, or *inferred* from the name of the operation: those paths are placeholders.
";

fn coverage() -> Coverage {
    let (_, vendor) = domains::router().split_for_parts();
    Coverage::of(&openapi::document(vendor, OpenApi::default()))
}

#[test]
fn the_page_of_the_coverage_is_up_to_date() {
    let coverage = coverage();
    let tables: String = FAMILIES.iter().map(|family| table(&coverage, family)).collect();
    let page = [INTRODUCTION, &count(&coverage), LEGEND, &tables, &extras(&coverage)];
    hold("docs/api-coverage.md", &page.concat());
}

#[test]
fn what_is_simulated_stands_in_the_reference_or_among_the_extras() {
    let coverage = coverage();
    let extras: Vec<&str> = coverage.extras().map(|served| served.id.as_str()).collect();
    let known = |id: &&&str| EXTRAS.iter().any(|(extra, _)| extra == *id);
    let mut problems: Vec<String> =
        extras.iter().filter(|id| !known(id)).map(|id| format!("{id} is in no family")).collect();
    let idle = EXTRAS.iter().filter(|(id, _)| !extras.contains(id));
    problems.extend(idle.map(|(id, _)| format!("{id} is no extra any more")));
    demand_none(
        &problems,
        "Give the operation the vendor's own slug as its id, as src/kernel/catalogue.rs has it; or \
            list it in EXTRAS, tests/it/architecture/coverage_page.rs.",
    );
}

/// The one number.
fn count(coverage: &Coverage) -> String {
    let all: Vec<Standing<'_>> =
        catalogue::banking().map(|(family, one)| coverage.standing(family, one)).collect();
    let simulated = all.iter().filter(|it| matches!(it, Standing::Simulated(_))).count();
    let whole: usize = FAMILIES.iter().map(|family| family.operations.len()).sum();
    format!(
        "**{simulated} of the {} operations of the banking API are simulated**; the other {} \
         answer 501.\nThe reference has {} more, of other products, which are left out.\n",
        all.len(),
        all.len() - simulated,
        whole - all.len(),
    )
}

fn table(coverage: &Coverage, family: &Family) -> String {
    let mut table = format!("\n## {}\n\n", family.title);
    table.push_str(&head(&["operation", "method", "path", "path from", "piebox"]));
    for operation in family.operations {
        let standing = match coverage.standing(family, operation) {
            Standing::Simulated(served) if form(&served.path) == form(operation.path) => {
                "simulated".to_owned()
            }
            Standing::Simulated(served) => format!("simulated, at `{}`", served.path),
            Standing::Refused(_) => "501".to_owned(),
            Standing::Outside => "404".to_owned(),
        };
        table.push_str(&row(&[
            &format!("`{}`", operation.slug),
            operation.method.as_str(),
            &format!("`{}`", operation.path),
            &operation.basis.to_string(),
            &standing,
        ]));
    }
    table
}

fn extras(coverage: &Coverage) -> String {
    let mut table = "\n## Simulated and not in the reference\n\n".to_owned();
    table.push_str(&head(&["operation", "method", "path", "why"]));
    for served in coverage.extras() {
        let why = EXTRAS.iter().find(|(id, _)| *id == served.id).map_or("", |(_, why)| why);
        let (id, path) = (format!("`{}`", served.id), format!("`{}`", served.path));
        table.push_str(&row(&[&id, &served.method, &path, why]));
    }
    table
}
