# Prints the java of a JDK 25: JAVA_HOME, the usual places, or the PATH.
for home in "${JAVA_HOME:-}" "${JAVA_HOME_25:-}" "${JAVA25_HOME:-}" /usr/lib/jvm/* /opt/java/* \
  "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
  if [ -x "$home/bin/java" ] && grep -qE '^JAVA_VERSION="25' "$home/release" 2>/dev/null; then
    echo "$home/bin/java"
    exit 0
  fi
done
if java -version 2>&1 | grep -q 'version "25'; then
  command -v java
  exit 0
fi
echo 'No JDK 25 found: install one, or set JAVA_HOME to it.' >&2
exit 1
