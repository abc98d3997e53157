//! Lists that stay the same object while they are shown, so that a change of one row redraws one row.

use slint::{Model, ModelRc, SharedString, VecModel};

use crate::ui;

/// Puts `rows` into the list that is shown, or into a new one where none is.
pub(super) fn keep<T: Clone + PartialEq + 'static>(shown: ModelRc<T>, rows: Vec<T>) -> ModelRc<T> {
    let Some(list) = shown.as_any().downcast_ref::<VecModel<T>>() else {
        return ModelRc::new(VecModel::from(rows));
    };
    while list.row_count() > rows.len() {
        list.remove(list.row_count() - 1);
    }
    for (at, row) in rows.into_iter().enumerate() {
        match list.row_data(at) {
            None => list.push(row),
            Some(old) if old != row => list.set_row_data(at, row),
            Some(_) => {}
        }
    }
    shown
}

/// The list that is shown where it holds these rows, else a new one: for lists that a function measures as a whole, for
/// which a changed row is no news.
pub(super) fn whole<T: Clone + PartialEq + 'static>(shown: ModelRc<T>, rows: Vec<T>) -> ModelRc<T> {
    if shown.iter().eq(rows.iter().cloned()) { shown } else { ModelRc::new(VecModel::from(rows)) }
}

/// An entry of a list that is all name.
pub(super) fn entry(text: SharedString) -> ui::EntryRow {
    ui::EntryRow { text, ..ui::EntryRow::default() }
}

/// An entry of a sheet.
pub(super) fn line(head: SharedString, text: SharedString) -> ui::SheetRow {
    ui::SheetRow { head, text, opens: false }
}

/// An entry of a sheet that belongs to nothing above it.
pub(super) fn opening(head: SharedString, text: SharedString) -> ui::SheetRow {
    ui::SheetRow { head, text, opens: true }
}

/// What stands above the entries that follow.
pub(super) fn heading(head: SharedString) -> ui::SheetRow {
    opening(head, SharedString::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_list_and_changes_its_rows() {
        let first = keep(ModelRc::default(), vec![1, 2, 3]);
        let second = keep(first.clone(), vec![1, 5]);
        assert_eq!(first, second, "the same object");
        assert_eq!(second.iter().collect::<Vec<_>>(), [1, 5]);
        let third = keep(second, vec![1, 5, 6, 7]);
        assert_eq!(third.iter().collect::<Vec<_>>(), [1, 5, 6, 7]);
    }

    #[test]
    fn a_list_that_is_measured_is_another_when_a_row_is() {
        let first = whole(ModelRc::default(), vec![1, 2]);
        assert_eq!(first, whole(first.clone(), vec![1, 2]), "the same object");
        let second = whole(first.clone(), vec![1, 3]);
        assert_ne!(first, second);
        assert_eq!(second.iter().collect::<Vec<_>>(), [1, 3]);
    }
}
