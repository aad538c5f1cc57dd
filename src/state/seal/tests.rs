use super::OpenError;
use super::Place;
use super::Sealer;
use crate::state::KeyKind;
use crate::state::WrapKey;

const PLACE: Place<'static> = Place { lineage: "l", address: "acme_vm.a", path: "password" };

#[test]
fn what_is_sealed_opens_at_its_place_only() {
    let sealer = Sealer::generate();
    let text = sealer.seal(&PLACE, b"hunter2");
    assert_eq!(sealer.open(&PLACE, &text).unwrap().as_slice(), b"hunter2");
    for place in [
        Place { lineage: "m", ..PLACE },
        Place { address: "acme_vm.b", ..PLACE },
        Place { path: "passwor", ..PLACE },
        // The same characters, divided differently.
        Place { address: "acme_vm.ap", path: "assword", ..PLACE },
    ] {
        assert_eq!(sealer.open(&place, &text), Err(OpenError::Refused), "{place:?}");
    }
}

#[test]
fn any_changed_character_is_refused() {
    let sealer = Sealer::generate();
    let text = sealer.seal(&PLACE, b"hunter2");
    for at in 0..text.len() {
        let mut changed = text.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert!(sealer.open(&PLACE, std::str::from_utf8(&changed).unwrap()).is_err(), "{at}");
    }
    for cut in 0..text.len() {
        assert!(sealer.open(&PLACE, &text[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn an_unchanged_value_keeps_its_text_and_another_place_has_another() {
    let sealer = Sealer::generate();
    let text = sealer.seal(&PLACE, b"hunter2");
    assert_eq!(text, sealer.seal(&PLACE, b"hunter2"));
    assert_ne!(text, sealer.seal(&Place { path: "other", ..PLACE }, b"hunter2"));
    assert_ne!(text[..30], sealer.seal(&PLACE, b"hunter3")[..30]);
}

#[test]
fn another_key_is_named() {
    let (a, b) = (Sealer::generate(), Sealer::generate());
    let text = a.seal(&PLACE, b"x");
    assert_eq!(b.open(&PLACE, &text), Err(OpenError::OtherKey(a.id().to_owned())));
}

#[test]
fn a_key_unwraps_for_who_holds_the_wrapping_key() {
    let sealer = Sealer::generate();
    let (mine, yours) = (WrapKey::generate(KeyKind::File), WrapKey::generate(KeyKind::File));
    let recipient = sealer.wrap(&mine);
    let again = Sealer::unwrap(sealer.id(), &recipient, &mine).unwrap();
    assert_eq!(again.open(&PLACE, &sealer.seal(&PLACE, b"x")).unwrap().as_slice(), b"x");
    assert!(Sealer::unwrap(sealer.id(), &recipient, &yours).is_err());
    assert!(Sealer::unwrap("00000000", &recipient, &mine).is_err());
}
