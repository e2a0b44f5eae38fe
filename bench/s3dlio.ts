/** Gets one URI with s3dlio twice and prints the seconds of the second time. */
export const S3DLIO_GET = `
import s3dlio, sys, time
for _ in range(2):
    t = time.perf_counter()
    data = s3dlio.get(sys.argv[1])
    n = len(data)
    s = time.perf_counter() - t
    del data
print(s)
`;
