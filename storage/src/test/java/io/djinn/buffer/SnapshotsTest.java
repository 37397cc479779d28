package io.djinn.buffer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What a snapshot may read is never given up, however its registration meets the publisher. */
class SnapshotsTest {
  private static final int REGISTRATIONS = 20_000;

  @Test
  void noVersionIsGivenUpThatASnapshotJustRegisteredMayRead() throws Exception {
    Snapshots snapshots = new Snapshots(new Steps(LockSupport::parkNanos));
    AtomicLong oldestKept = new AtomicLong();
    FutureTask<Void> registering =
        new FutureTask<>(
            () -> {
              for (int i = 0; i < REGISTRATIONS; i++) {
                Snapshots.Registration snapshot = snapshots.register();
                long kept = oldestKept.get();
                assertTrue(
                    kept <= snapshot.number(),
                    "batch " + snapshot.number() + " is read, kept are those from " + kept);
                snapshots.release(snapshot);
              }
              return null;
            });
    new Thread(registering, "registering").start();
    for (long number = 1; !registering.isDone(); number++) {
      snapshots.publish(number);
      oldestKept.set(snapshots.oldestActive());
    }
    registering.get();
  }
}
