//! Lines on their way to the account, and back.

use powerhall_money::Task;

use crate::plays::Play;
use crate::world::World;

#[test]
fn a_refusal_after_an_unknown_post_is_fenced_before_the_refund() {
    let mut world = World::open(true, &[500]);
    world.play(Play::Notify(1, true));
    world.play(Play::Post(0, 3));
    world.play(Play::Post(0, 2));
    assert!(world.order.refunds.is_empty(), "the first post may still arrive");
    assert_eq!(world.jobs["line-0"].0, Task::Fence(0));
    world.play(Play::Fence(0, 0));
    assert_eq!(world.order.refunds.len(), 1);
}
