import io

import subprocess

import piexif
from PIL import Image

from app.labels import write_metadata


def saved_without_metadata(image, target):
    image = write_metadata(image)
    # ruleid: cn-genai-metadata-dropped-after-label
    image.save(target, format="JPEG", exif=None)


def labelled_in_place(image, target):
    write_metadata(image, producer="001191110102MACQD9K64018705")
    # ruleid: cn-genai-metadata-dropped-after-label
    image.save(target, "PNG", pnginfo=None)


def removed_from_the_file(picture):
    data = write_metadata(picture)
    # ruleid: cn-genai-metadata-dropped-after-label
    piexif.remove(data)
    return data


def pixels_copied(picture):
    labelled = write_metadata(picture)
    clean = Image.new(labelled.mode, labelled.size)
    # ruleid: cn-genai-metadata-dropped-after-label
    clean.putdata(labelled.getdata())
    return clean


def label_last(image):
    buffer = io.BytesIO()
    # ok: cn-genai-metadata-dropped-after-label
    image.save(buffer, format="JPEG", exif=None)
    return write_metadata(buffer.getvalue())


def metadata_kept(image, target):
    image = write_metadata(image)
    # ok: cn-genai-metadata-dropped-after-label
    image.save(target, format="JPEG", exif=image.info["exif"])


def avatar_of_a_user(upload, target):
    # ok: cn-genai-metadata-dropped-after-label
    upload.save(target, format="PNG", exif=None)


def tool_on_the_labelled_file(path):
    write_metadata(path)
    # ruleid: cn-genai-metadata-dropped-after-label
    subprocess.run(["exiftool", "-all=", path], check=True)


def encoded_again(generated_video, target):
    # ruleid: cn-genai-metadata-dropped-after-label
    subprocess.run(["ffmpeg", "-i", generated_video, "-map_metadata", "-1", target])


def tool_on_an_upload(upload):
    # ok: cn-genai-metadata-dropped-after-label
    subprocess.run(["exiftool", "-all=", upload], check=True)


def metadata_copied(generated_video, target):
    # ok: cn-genai-metadata-dropped-after-label
    subprocess.run(["ffmpeg", "-i", generated_video, "-map_metadata", "0", target])


def text(labelled_path):
    # ok: cn-genai-metadata-dropped-after-label
    return labelled_path.strip()


def scaled(path, out):
    labelled = add_implicit_metadata(path)
    frame = cv2.imread(labelled)
    # ruleid: cn-genai-metadata-dropped-after-label
    cv2.imwrite(out, frame)


def scaled_first(source, out):
    frame = cv2.imread(source)
    # ok: cn-genai-metadata-dropped-after-label
    cv2.imwrite(out, frame)
    add_implicit_metadata(out)
