# Compiles what the scripts run, and finds the JDK and class path for it: sets JAVA and CLASSPATH.
mkdir -p target
mvn -q -B test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt \
  -Dmdep.includeScope=test >target/scripts.log 2>&1 || { cat target/scripts.log >&2; exit 1; }
JAVA=$(bash bin/support/find-jdk.sh)
CLASSPATH=target/test-classes:target/classes:$(cat target/classpath.txt)
export JAVA CLASSPATH
