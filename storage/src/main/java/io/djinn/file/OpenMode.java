package io.djinn.file;

/** How a file is opened. */
public enum OpenMode {
  /** Fails where the file exists. */
  CREATE_NEW,
  READ_WRITE,
  READ_ONLY
}
