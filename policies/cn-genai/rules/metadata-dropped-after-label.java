package app;

import javax.imageio.ImageIO;
import net.coobird.thumbnailator.Thumbnails;
import org.apache.commons.imaging.formats.jpeg.exif.ExifRewriter;

class Images {
    @GetMapping("/image")
    void image(HttpServletResponse response, String prompt) throws Exception {
        BufferedImage labelled = labels.writeMetadata(model.draw(prompt));
        // ruleid: cn-genai-metadata-dropped-after-label-java
        ImageIO.write(labelled, "jpg", response.getOutputStream());
    }

    void thumbnail(String prompt, OutputStream out) throws Exception {
        File marked = labels.embedAigcMark(model.file(prompt));
        // ruleid: cn-genai-metadata-dropped-after-label-java
        Thumbnails.of(marked).scale(0.5).toOutputStream(out);
    }

    void removed(String prompt, OutputStream out) throws Exception {
        byte[] data = insertXmp(model.bytes(prompt));
        // ruleid: cn-genai-metadata-dropped-after-label-java
        new ExifRewriter().removeExifMetadata(data, out);
    }

    void tool(String generatedImage) throws Exception {
        // ruleid: cn-genai-metadata-dropped-after-label-java
        new ProcessBuilder("exiftool", "-all=", generatedImage).start();
    }

    void encoded(String generatedVideo) throws Exception {
        // ruleid: cn-genai-metadata-dropped-after-label-java
        Runtime.getRuntime().exec("ffmpeg -i " + generatedVideo + " -map_metadata -1 out.mp4");
    }

    void inPlace(File file) throws Exception {
        labels.addMetadata(file);
        // ruleid: cn-genai-metadata-dropped-after-label-java
        ImageIO.write(ImageIO.read(file), "png", file);
    }

    byte[] labelledLast(BufferedImage image) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // ok: cn-genai-metadata-dropped-after-label-java
        ImageIO.write(image, "jpg", out);
        return labels.writeMetadata(out.toByteArray());
    }

    void avatar(File upload, OutputStream out) throws Exception {
        // ok: cn-genai-metadata-dropped-after-label-java
        Thumbnails.of(upload).size(64, 64).toOutputStream(out);
    }

    void cleanedUpload(String upload) throws Exception {
        // ok: cn-genai-metadata-dropped-after-label-java
        new ProcessBuilder("exiftool", "-all=", upload).start();
    }

    void copied(String generatedVideo) throws Exception {
        // ok: cn-genai-metadata-dropped-after-label-java
        Runtime.getRuntime().exec("ffmpeg -i " + generatedVideo + " -map_metadata 0 out.mp4");
    }

    void stored(String prompt) throws Exception {
        byte[] labelled = labels.writeMetadata(model.bytes(prompt));
        // ok: cn-genai-metadata-dropped-after-label-java
        Files.write(target, labelled);
    }

    void captcha(BufferedImage image, OutputStream out) throws Exception {
        // ok: cn-genai-metadata-dropped-after-label-java
        ImageIO.write(image, "png", out);
    }
}
