package io.djinn.batch;

/**
 * Who has the writer's slot and who waits for it, first come, first served.
 *
 * <p>The slot is never free while somebody waits: whoever leaves hands it to the first in the
 * queue.
 */
final class SlotQueue {
  private Member head;
  private Member tail;
  private boolean isHeld;

  /** Gives the slot to a member where it is free, else puts it behind all others. */
  synchronized void enter(Member member) {
    if (!isHeld) {
      isHeld = true;
      member.state = Member.State.LEADS;
      return;
    }
    if (head == null) {
      head = member;
    } else {
      tail.next = member;
    }
    tail = member;
  }

  /** Gives the slot to a member where it is free; false where it is not. */
  synchronized boolean tryEnter(Member member) {
    if (isHeld) {
      return false;
    }
    enter(member);
    return true;
  }

  /** The first that waits, or null; it stays the first while the caller has the slot. */
  synchronized Member first() {
    return head;
  }

  /** Takes the first out, for the caller to apply. */
  synchronized Member take() {
    Member first = head;
    head = first.next;
    first.next = null;
    return first;
  }

  /** Gives the slot back; returns who has it now, or null. */
  synchronized Member handOver() {
    if (head == null) {
      isHeld = false;
      return null;
    }
    Member first = take();
    first.state = Member.State.LEADS;
    return first;
  }
}
