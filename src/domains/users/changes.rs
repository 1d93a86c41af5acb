//! What becomes of a profile on file when parts of it are given anew. Pure. Follows the Users page:
//! parts that are not given stay, nothing is deleted, addresses and phones go by their type, and
//! the only phone on file is the one that changes.

use super::model::{
    Address, AddressType, GivenAddress, GivenPhone, NewPerson, Phone, PhoneType, Profile,
    ProfileChange, ProfilePart,
};
use crate::domains::accounts::model::Holder;

/// The person on file as changed by what is given. Entries that are given come first, so that a
/// refusal counts them as the partner does. Names and identity are the caller's to compare.
pub fn changed(on_file: &Profile, given: &NewPerson) -> NewPerson {
    let addresses: Vec<_> = on_file.addresses.iter().map(given_address).collect();
    let phones: Vec<_> = on_file.phone_numbers.iter().map(given_phone).collect();
    let is_only_one = phones.len() == 1 && given.phones.len() == 1;
    NewPerson {
        middle_name: on_file.middle_name.clone(),
        addresses: merged(
            addresses,
            &given.addresses,
            |known, new| known.address_type() == new.address_type(),
            |address| &mut address.is_default,
        ),
        email: given.email.clone().or_else(|| {
            let email = on_file.email.as_ref();
            email.map(|email| email.email_address.clone())
        }),
        phones: merged(
            phones,
            &given.phones,
            |known, new| is_only_one || known.phone_type() == new.phone_type(),
            |phone| &mut phone.is_default,
        ),
        ..given.clone()
    }
}

/// The parts of a person that have changed, in the vendor's order. Another order of addresses or
/// phones is none.
pub fn parts_changed(
    (before, after): (&Holder, &Holder),
    profile: &ProfileChange,
) -> Vec<ProfilePart> {
    let (old, new) = (&profile.before, &profile.after);
    let names = |holder: &Holder| (holder.first_name.clone(), holder.last_name.clone());
    let is_renamed = names(before) != names(after) || old.middle_name != new.middle_name;
    [
        (ProfilePart::Name, is_renamed),
        (ProfilePart::Address, !is_same_set(&old.addresses, &new.addresses)),
        (ProfilePart::Email, old.email != new.email),
        (ProfilePart::Phone, !is_same_set(&old.phone_numbers, &new.phone_numbers)),
    ]
    .into_iter()
    .filter_map(|(part, has_changed)| has_changed.then_some(part))
    .collect()
}

fn is_same_set<T: PartialEq>(before: &[T], after: &[T]) -> bool {
    before.len() == after.len() && after.iter().all(|one| before.contains(one))
}

/// The given entries, and those on file that none of them replaces. Who replaces the default is it,
/// unless another is named.
fn merged<T: Clone>(
    mut on_file: Vec<T>,
    given: &[T],
    replaces: impl Fn(&T, &T) -> bool,
    mark: fn(&mut T) -> &mut bool,
) -> Vec<T> {
    let mut given = given.to_vec();
    let names_default = given.iter_mut().any(|new| *mark(new));
    for new in &mut given {
        if let Some(at) = on_file.iter().position(|known| replaces(known, new)) {
            let mut replaced = on_file.remove(at);
            *mark(new) |= !names_default && *mark(&mut replaced);
        }
    }
    if names_default {
        on_file.iter_mut().for_each(|known| *mark(known) = false);
    }
    given.extend(on_file);
    given
}

fn given_address(kept: &Address) -> GivenAddress {
    let kind = match kept.kind {
        AddressType::Home => "home",
        AddressType::Work => "work",
        AddressType::Billing => "billing",
    };
    GivenAddress {
        line1: kept.address_line1.clone(),
        line2: kept.address_line2.clone(),
        city: kept.city.clone(),
        state: kept.state.clone(),
        zip: kept.zip_code.clone(),
        country: Some(kept.country_code.clone()),
        kind: Some(kind.to_owned()),
        is_default: kept.is_default,
    }
}

fn given_phone(kept: &Phone) -> GivenPhone {
    let kind = match kept.kind {
        PhoneType::Mobile => "mobile",
        PhoneType::Home => "home",
        PhoneType::Work => "work",
    };
    GivenPhone {
        number: Some(kept.number.clone()),
        kind: Some(kind.to_owned()),
        is_default: kept.is_default,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domains::users::rules::tests::person;

    fn phone(number: &str, kind: &str, is_default: bool) -> GivenPhone {
        GivenPhone { number: Some(number.to_owned()), kind: Some(kind.to_owned()), is_default }
    }

    fn address(kind: &str, line: &str, is_default: bool) -> GivenAddress {
        let text = |text: &str| Some(text.to_owned());
        let (line1, kind) = (text(line), text(kind));
        GivenAddress { line1, kind, is_default, ..person().addresses[0].clone() }
    }

    fn on_file(phones: &[GivenPhone], addresses: &[GivenAddress]) -> Profile {
        let (phones, addresses) = (phones.to_vec(), addresses.to_vec());
        NewPerson { phones, addresses, ..person() }.profile()
    }

    /// `kind number` of each phone that is kept, the default one marked.
    fn phones_after(on_file: &Profile, given: &[GivenPhone]) -> Vec<String> {
        let given = NewPerson { phones: given.to_vec(), ..person() };
        let kept = changed(on_file, &given).profile().phone_numbers;
        let mark = |phone: &Phone| if phone.is_default { "*" } else { "" };
        let mut shown: Vec<_> =
            kept.iter().map(|it| format!("{:?} {}{}", it.kind, it.number, mark(it))).collect();
        shown.sort();
        shown
    }

    #[test]
    fn enr_47_the_only_phone_is_the_one_that_changes_whatever_its_type() {
        let file = on_file(&[phone("6265550101", "mobile", false)], &[]);
        assert_eq!(phones_after(&file, &[]), ["Mobile 6265550101*"]);
        let given = [phone("6265550102", "work", false)];
        assert_eq!(phones_after(&file, &given), ["Work 6265550102*"]);
        let two = [phone("6265550102", "work", false), phone("6265550103", "home", true)];
        let all = ["Home 6265550103*", "Mobile 6265550101", "Work 6265550102"];
        assert_eq!(phones_after(&file, &two), all);
    }

    #[test]
    fn enr_47_of_several_phones_the_one_of_the_type_changes_and_none_is_deleted() {
        let file = [phone("6265550101", "mobile", true), phone("6265550102", "work", false)];
        let file = on_file(&file, &[]);
        for (given, expected) in [
            (phone("6265550103", "WORK", false), vec!["Mobile 6265550101*", "Work 6265550103"]),
            (phone("6265550103", "mobile", false), vec!["Mobile 6265550103*", "Work 6265550102"]),
            (phone("6265550103", "work", true), vec!["Mobile 6265550101", "Work 6265550103*"]),
            (phone("6265550103", "home", false), {
                vec!["Home 6265550103", "Mobile 6265550101*", "Work 6265550102"]
            }),
        ] {
            assert_eq!(phones_after(&file, std::slice::from_ref(&given)), expected, "{given:?}");
        }
    }

    #[test]
    fn enr_47_addresses_change_by_their_type_and_none_is_deleted() {
        let file =
            on_file(&[], &[address("home", "1 Elm St", true), address("work", "2 A", false)]);
        let given = NewPerson { addresses: vec![address("Home", "3 Oak St", false)], ..person() };
        let kept = changed(&file, &given).profile().addresses;
        let lines: Vec<_> = kept
            .iter()
            .map(|it| (it.kind, it.address_line1.as_deref().unwrap_or_default(), it.is_default))
            .collect();
        let expected = [(AddressType::Home, "3 Oak St", true), (AddressType::Work, "2 A", false)];
        assert_eq!(lines, expected);
    }

    #[test]
    fn enr_47_what_is_not_given_stays() {
        let file = person().profile();
        let nothing = crate::domains::users::wire::UserData::default().person();
        assert_eq!(changed(&file, &nothing).profile(), file);
    }
}
