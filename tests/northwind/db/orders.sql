-- What the traders' own application does: a line has the price of the day unless somebody has agreed another.
CREATE FUNCTION take_price() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.unit_price := coalesce(NEW.unit_price, (SELECT p.unit_price FROM public.products AS p WHERE p.product_id = NEW.product_id));
    NEW.discount := coalesce(NEW.discount, 0);
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION take_price() FROM PUBLIC;
CREATE TRIGGER take_price BEFORE INSERT ON order_details FOR EACH ROW EXECUTE FUNCTION take_price();
