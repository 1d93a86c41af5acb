//! SQL of upgrades: the requests that were taken up, and the products that accounts have had.
//!
//! The requests stand among those of enrolling, in the state `upgrade`, without an answer: a
//! repeated one is answered by how the account stands.

use crate::db::{DbError, Read, Work, sql};
use crate::kernel::ids::{AccountId, ProgramCode};
use crate::kernel::time::Timestamp;

const REQUESTS: &str = "SELECT account_id, fingerprint FROM enrollments \
    WHERE program_code = $1 AND request_id = $2 AND state = 'upgrade'";

/// The upgrades that came under a request id: accounts and fingerprints.
pub(super) async fn requests(
    read: &mut impl Read,
    program: &ProgramCode,
    request_id: &str,
) -> Result<Vec<(String, String)>, DbError> {
    read.all(sql(REQUESTS).bind(program).bind(request_id)).await
}

const REMEMBER: &str = "INSERT INTO enrollments (program_code, request_id, fingerprint, \
    account_id, state, document, created_at) VALUES ($1, $2, $3, $4, 'upgrade', $5, $6)";

/// Collects an upgrade that was taken up.
pub(super) fn remember(
    work: &mut Work,
    program: &ProgramCode,
    (request_id, fingerprint): (&str, &str),
    (account, document): (AccountId, &str),
    now: Timestamp,
) {
    let insert = sql(REMEMBER).bind(program).bind(request_id).bind(fingerprint);
    work.write(insert.bind(account).bind(document).bind(now));
}

const FORMER: &str =
    "SELECT from_product FROM product_changes WHERE program_code = $1 AND account_id = $2";

/// The products that an account has had before.
pub(super) async fn former_products(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = read.all(sql(FORMER).bind(program).bind(account)).await?;
    Ok(rows.into_iter().map(|(product,)| product).collect())
}

const CHANGE: &str = "INSERT INTO product_changes (program_code, account_id, changed_at, \
    from_product, to_product) VALUES ($1, $2, $3, $4, $5)";

/// Collects a change of an account's product.
pub(super) fn change(
    work: &mut Work,
    program: &ProgramCode,
    account: AccountId,
    (from, to): (&str, &str),
    now: Timestamp,
) {
    work.write(sql(CHANGE).bind(program).bind(account).bind(now).bind(from).bind(to));
}
